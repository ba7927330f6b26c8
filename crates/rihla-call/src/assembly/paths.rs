//! The best paths through an acyclic graph.

use super::graph::Graph;

/// A partial path that ends in some node: its score, and the node and rank it came from.
#[derive(Clone, Copy, Debug)]
struct Partial {
    score: f64,
    from: u32,
    rank: u16,
    code: u8,
}

/// The sequences of the `limit` best paths from source to sink, best first; `None` when the part of
/// the graph between them has a cycle.
///
/// A path's score is the sum of the logarithms of its edges' shares among the edges out of their
/// nodes.
#[must_use]
pub fn best(graph: &Graph, limit: usize) -> Option<Vec<Vec<u8>>> {
    let useful = reaching_sink(graph);
    let order = topological(graph, &useful)?;
    let mut kept: Vec<Vec<Partial>> = vec![Vec::new(); graph.len()];
    kept[0].push(Partial { score: 0.0, from: u32::MAX, rank: 0, code: 0 });
    for &node in &order {
        let partials = &mut kept[node as usize];
        partials.sort_by(|a, b| b.score.total_cmp(&a.score).then((a.from, a.rank).cmp(&(b.from, b.rank))));
        partials.truncate(limit);
        let scores: Vec<f64> = partials.iter().map(|partial| partial.score).collect();
        let edges = graph.edges(node);
        let total: u32 =
            edges.iter().filter(|e| e.weight > 0 && useful[e.to as usize]).map(|e| e.weight).sum();
        for (code, edge) in edges.iter().enumerate() {
            if edge.weight == 0 || !useful[edge.to as usize] {
                continue;
            }
            let step = (f64::from(edge.weight) / f64::from(total)).log10();
            let next = scores.iter().enumerate().map(|(rank, score)| Partial {
                score: score + step,
                from: node,
                rank: rank as u16,
                code: code as u8,
            });
            kept[edge.to as usize].extend(next);
        }
    }
    let ends = kept[graph.sink() as usize].len();
    Some((0..ends).map(|rank| spell(graph, &kept, rank)).collect())
}

/// Which nodes lead to the sink.
fn reaching_sink(graph: &Graph) -> Vec<bool> {
    let mut before: Vec<Vec<u32>> = vec![Vec::new(); graph.len()];
    for node in 0..graph.len() as u32 {
        for edge in graph.edges(node).iter().filter(|edge| edge.weight > 0) {
            before[edge.to as usize].push(node);
        }
    }
    let mut useful = vec![false; graph.len()];
    useful[graph.sink() as usize] = true;
    let mut stack = vec![graph.sink()];
    while let Some(node) = stack.pop() {
        for &earlier in &before[node as usize] {
            if !std::mem::replace(&mut useful[earlier as usize], true) {
                stack.push(earlier);
            }
        }
    }
    useful
}

/// The useful nodes reachable from the source, each before what follows it; `None` at a cycle.
fn topological(graph: &Graph, useful: &[bool]) -> Option<Vec<u32>> {
    const NEW: u8 = 0;
    const OPEN: u8 = 1;
    const DONE: u8 = 2;
    let mut state = vec![NEW; graph.len()];
    let mut order = Vec::new();
    let mut stack = vec![(0u32, 0usize)];
    state[0] = OPEN;
    while let Some((node, tried)) = stack.pop() {
        let next = graph.edges(node)[tried..]
            .iter()
            .position(|edge| edge.weight > 0 && useful[edge.to as usize] && state[edge.to as usize] != DONE);
        let Some(skip) = next else {
            state[node as usize] = DONE;
            order.push(node);
            continue;
        };
        let to = graph.edges(node)[tried + skip].to;
        if state[to as usize] == OPEN {
            return None;
        }
        stack.push((node, tried + skip));
        state[to as usize] = OPEN;
        stack.push((to, 0));
    }
    order.reverse();
    Some(order)
}

fn spell(graph: &Graph, kept: &[Vec<Partial>], rank: usize) -> Vec<u8> {
    let mut bases = Vec::new();
    let mut partial = kept[graph.sink() as usize][rank];
    while partial.from != u32::MAX {
        bases.push(partial.code);
        partial = kept[partial.from as usize][usize::from(partial.rank)];
    }
    bases.extend(graph.word_bases(0).into_iter().rev());
    bases.reverse();
    bases
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::*;

    fn codes(letters: &[u8]) -> Vec<u8> {
        letters.iter().map(|&letter| rihla_core::base::encode(letter)).collect()
    }

    const REFERENCE: &[u8] = b"ACGTTGCATGGACTTACGATCCAGTAAC";

    #[test]
    fn a_bubble_gives_two_haplotypes() {
        let mut graph = Graph::of_reference(&codes(REFERENCE), 5).expect("no repeats");
        let other = codes(b"ACGTTGCATGGACATACGATCCAGTAAC");
        for _ in 0..3 {
            graph.add_read(&other[3..]);
        }
        graph.add_read(&codes(b"GCATGCACTTACG"));
        graph.prune(2);
        let found = best(&graph, 8).expect("no cycle");
        assert_eq!(found, [other, codes(REFERENCE)]);
    }

    #[test]
    fn a_chain_stays_where_some_of_its_edges_have_enough_reads() {
        let other = codes(b"ACGTTGCATGGACATACGATCCAGTAAC");
        let found = |reads: &[Range<usize>]| {
            let mut graph = Graph::of_reference(&codes(REFERENCE), 5).expect("no repeats");
            reads.iter().for_each(|read| graph.add_read(&other[read.clone()]));
            graph.prune(2);
            best(&graph, 8).expect("no cycle").contains(&other)
        };
        // Both show the first half of the bubble, one its second half.
        assert!(found(&[3..16, 8..24]));
        assert!(!found(&[3..8, 3..24]), "no changed word is shown twice");
        assert!(!found(&[3..16, 4..16]), "nobody shows the second half");
    }

    #[test]
    fn repeats_and_cycles_are_refused() {
        assert!(Graph::of_reference(&codes(b"ACGTACGTACGTTT"), 5).is_none());
        let mut graph = Graph::of_reference(&codes(REFERENCE), 5).expect("no repeats");
        for _ in 0..2 {
            graph.add_read(&codes(b"TTGCATGGACTTGCATGGACTTACG"));
        }
        assert!(best(&graph, 8).is_none());
    }

    #[test]
    fn words_of_repeats_are_told_apart_by_what_stands_before_them() {
        let of_copies =
            |copies: usize| codes(&[&b"ACGTTGCATG"[..], &b"GAAGAGC".repeat(copies), b"TTCAGGATCCA"].concat());
        let (reference, fewer, more) = (of_copies(3), of_copies(2), of_copies(4));
        let reads = || [&fewer[2..], &fewer[..], &more[1..], &more[..]].into_iter();
        assert!(Graph::of_reference(&reference, 6).is_none());
        let mut graph = Graph::of_repeats(&reference, 6, reads()).expect("the first word occurs once");
        reads().for_each(|read| graph.add_read(read));
        // One that begins in the repeat does not say in which copy.
        graph.add_read(&reference[12..]);
        graph.prune(2);
        let mut found = best(&graph, 8).expect("no cycle");
        found.sort();
        let mut expected = [reference, fewer, more];
        expected.sort();
        assert_eq!(found, expected);
    }
}
