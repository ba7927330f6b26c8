//! French.

use super::{
    AlignmentWords, BatchWords, ChartWords, CheckWords, CoverageWords, General, ProvenanceWords, ReadWords,
    RunWords, Sections, Tiles, VariantWords, VerdictWords, Words,
};
use crate::copies::CopyState;
use crate::page::numbers::NumberForm;
use crate::verdict::{Finding, Gate, Outcome};

const NUMBER: NumberForm = NumberForm { decimal: ',', group: '\u{202f}', byte: "o" };

/// The words of French.
pub const FRENCH: Words = Words {
    lang: "fr",
    number: NUMBER,
    outcome,
    gate,
    about,
    reason,
    sex,
    general: General {
        sample_report: "Rapport d’échantillon",
        batch_report: "Rapport de lot",
        skip: "Aller au verdict",
        contents: "Sommaire",
        reads: |count| format!("{count} lectures"),
        caution: "Logiciel de recherche, non validé comme dispositif médical.",
    },
    sections: Sections {
        verdict: "Verdict",
        reads: "Lectures",
        alignment: "Alignement",
        coverage: "Couverture",
        checks: "Contrôles de l’échantillon",
        variants: "Variants",
        provenance: "Provenance",
        run: "Cette exécution",
    },
    verdict: VerdictWords {
        none: "Cette exécution n’a pas été jugée.",
        counts: |[failed, warned, passed, open]| {
            let open_word = if open == 1 { "non vérifié" } else { "non vérifiés" };
            let named = [
                (failed, "au-delà d’une limite d’échec"),
                (warned, "au-delà d’une limite d’alerte"),
                (passed, "dans les limites"),
                (open, open_word),
            ];
            let mut parts: Vec<String> = Vec::new();
            for (count, what) in named.into_iter().filter(|(count, _)| *count > 0) {
                let criteria = match (parts.is_empty(), count) {
                    (false, _) => "",
                    (true, 1) => " critère",
                    (true, _) => " critères",
                };
                parts.push(format!("{count}{criteria} {what}"));
            }
            format!("{}.", parts.join(", "))
        },
        gates: "Critères",
        limits_of: |name| {
            format!(
                "Selon les limites nommées «\u{a0}{name}\u{a0}». L’aiguille est l’échantillon\u{a0}; une valeur égale à une limite la respecte."
            )
        },
        gate: "Critère",
        value: "Valeur",
        limits: "Limites",
        outcome: "Résultat",
        below: "sous",
        above: "au-dessus de",
    },
    tiles: Tiles {
        r#yield: "Rendement",
        q30: "Bases Q30",
        mapped: "Alignées",
        duplicates: "Duplicats",
        depth: "Profondeur moyenne",
        at_20x: "À 20× ou plus",
        snps: "SNP",
        indels: "Indels",
    },
    chart: ChartWords { numbers_of: |title| format!("Valeurs\u{a0}: {title}") },
    reads: ReadWords {
        cycle: "Cycle",
        mate: |mate| format!("Lecture {mate}"),
        quality: "Qualité par cycle",
        quality_says: |share| {
            format!(
                "Qualité moyenne des bases à chaque cycle de la machine. {share} de toutes les bases sont Q30 ou mieux."
            )
        },
        mean_quality: "Qualité moyenne (Phred)",
        content: |mate| format!("Bases par cycle, {}", mate.to_lowercase()),
        content_says: "Un génome donne des lignes plates, A avec T et C avec G\u{a0}; les ondulations du début viennent de la banque.",
        share_of_bases: "Part des bases",
        read_groups: "Groupes de lectures",
        read_groups_say: "Ce que chaque piste, ou groupe de pistes, a donné.",
        group_head: ["Groupe", "Banque", "Lectures", "Bases", "Longueur moyenne", "Q30", "GC"],
    },
    alignment: AlignmentWords {
        fate: "Le sort des lectures",
        fate_says: |reads, mapped| {
            format!("Sur {reads} lectures, {mapped} sont alignées. Les trois premières barres font le total.")
        },
        fates: ["Unique", "Duplicat", "Non alignée", "Paire correcte", "Paire éparse", "Seule alignée"],
        fate_parts: ["toutes les lectures, en trois parts", "parmi elles"],
        fate_head: ["Lectures", "Nombre", "Part"],
        share_of_reads: "Part des lectures",
        share_of_mapped: "Part des lectures alignées",
        inserts: "Taille des inserts",
        inserts_say: |pairs, median, mad| {
            format!(
                "Sur {pairs} paires correctes, la moitié couvre {median} bases ou moins, la plupart à {mad} près (écart absolu médian)."
            )
        },
        insert_length: "Taille de l’insert (bases)",
        lengths: |from, to| if from == to { from.to_string() } else { format!("{from}–{to}") },
        pairs: "Paires",
        median: |length| format!("médiane {length}"),
        longer: "plus longs",
        mapq: "Qualité d’alignement",
        mapq_says: |share| {
            format!(
                "{share} des lectures alignées ont une qualité de 20 ou plus\u{a0}; 0 signifie qu’une autre position convient aussi bien."
            )
        },
        mapping_quality: "Qualité d’alignement",
        mapq_head: ["Qualité d’alignement", "Lectures", "Part"],
        duplication: "Ce que donnerait plus de séquençage",
        duplication_says: |share| {
            format!(
                "Paires distinctes, par rapport à maintenant, si chaque banque était séquencée davantage. {share} des lectures alignées sont des duplicats."
            )
        },
        sequencing: "Séquençage, par rapport à maintenant",
        distinct_pairs: "Paires distinctes, par rapport à maintenant",
        without_duplicates: "sans aucun duplicat",
        library_head: [
            "Banque",
            "Paires",
            "Paires dupliquées",
            "Dont optiques",
            "Duplicats",
            "Taille estimée",
        ],
    },
    coverage: CoverageWords {
        depth: "Profondeur",
        depth_says: |mean, median, even| {
            format!(
                "Moyenne {mean}, médiane {median}\u{a0}; {even} des bases ont au moins un cinquième de la profondeur moyenne."
            )
        },
        depth_axis: "Profondeur",
        depth_head: ["Profondeur", "Bases", "Part"],
        share_of_bases: "Part des bases",
        mean: |depth| format!("moyenne {depth}"),
        reached: "Bases qui atteignent une profondeur",
        reached_says: |ten, twenty, thirty| {
            format!("{ten} des bases ont une profondeur de 10× ou plus, {twenty} de 20×, {thirty} de 30×.")
        },
        reached_head: ["Profondeur ou plus", "Part des bases"],
        contigs: "Profondeur par chromosome",
        contigs_say: "Profondeur moyenne de chaque chromosome, sans les N. Un chromosome en une seule copie, comme X et Y d’un homme, est moitié moins profond.",
        chromosome: "Chromosome",
        mean_depth: "Profondeur moyenne",
        off_chart: |those| format!("hors du graphique\u{a0}: {those}"),
        gc: "Biais de GC",
        gc_says: |at, gc| {
            format!(
                "Profondeur selon la part de G et C de la référence\u{a0}; 1 partout est uniforme. Perte en AT {at}, en GC {gc}."
            )
        },
        gc_axis: "G et C de 100 bases",
        gc_windows: "fenêtres de la référence",
        normalized: "Profondeur, sur la moyenne",
        even: "uniforme",
        regions: "Régions",
        regions_say: |count| {
            format!("Profondeur des régions demandées. Noms dont une base est sous 20×\u{a0}: {count}.")
        },
        region_names: ["Régions", "Bases"],
        region_head: ["Nom", "À 20×", "Profondeur moyenne"],
        contig_head: ["Chromosome", "Longueur", "Bases examinées", "Enregistrements", "Profondeur moyenne"],
    },
    checks: CheckWords {
        copies: "Copies des chromosomes",
        copies_say: |unusual| {
            match unusual {
            "" => "Les chromosomes, et les régions que gagnent ou perdent les cellules en culture, sont en nombre attendu.".to_owned(),
            those => format!("Plus ou moins fréquents qu’attendu\u{a0}: {those}."),
        }
        },
        copies_axis: "Copies, en moyenne des cellules",
        copies_head: ["Chromosome ou région", "Copies", "Attendues", "État"],
        unusual: "gain ou perte possible",
        state,
        origin: "À qui il appartient",
        origin_says: "Lectures aux SNP communs\u{a0}: combien sont d’une autre personne, et si l’échantillon est bien de la personne attendue.",
        origin_names: [
            "Lectures d’une autre personne",
            "Intervalle",
            "Sites génotypés",
            "Hétérozygotes",
            "Attendu",
            "LOD",
        ],
        roh: "Plages d’homozygotie",
        roh_says: "Plages d’un million de bases ou plus dont les deux copies sont identiques\u{a0}: les longues évoquent des parents apparentés, un seul parent, ou une copie perdue.",
        roh_names: ["Du génome", "En plages de 5\u{a0}Mb ou plus", "SNP hétérozygotes par Mb ailleurs"],
        roh_head: ["Plage", "Longueur"],
        sex: "Sexe",
        sex_says: "Profondeur de X et de Y par rapport aux chromosomes numérotés\u{a0}: 1 pour deux copies, 0,5 pour une.",
        stated: "Déclaré",
        inferred: "D’après les lectures",
        x_depth: "Profondeur de X",
        y_depth: "Profondeur de Y",
    },
    variants: VariantWords {
        counts: "Appels",
        counts_say: |records, pass| {
            format!(
                "Sur {records} enregistrements, {pass} passent tous les filtres\u{a0}; tout le reste ici porte sur ceux-là."
            )
        },
        snps: "SNP",
        insertions: "Insertions",
        deletions: "Délétions",
        mnps: "MNP",
        het: "Hétérozygotes",
        hom_alt: "Homozygotes",
        het_hom: "Hét/hom",
        indel_ratio: "Insertions/délétions",
        multi_allelic: "Multi-alléliques",
        filters: "Valeurs\u{a0}: filtres qui écartent des enregistrements",
        filter_head: ["Filtre", "Enregistrements"],
        substitutions: "Substitutions",
        substitutions_say: |ratio| {
            format!(
                "Transitions sur transversions\u{a0}: {ratio}. Un génome humain donne environ 2, un exome 3\u{a0}; le hasard donne 0,5."
            )
        },
        substitution: "REF→ALT, sur l’un ou l’autre brin",
        substitution_head: ["Substitution", "Type", "SNP"],
        transitions: "Transitions",
        transversions: "Transversions",
        indels: "Longueur des indels",
        indels_say: |ratio| {
            format!("Insertions sur délétions\u{a0}: {ratio}. Ceux de 50 bases ou plus comptent pour 50.")
        },
        indel_axis: "Bases délétées et insérées",
        indel_head: ["Bases", "Insertions", "Délétions"],
        alleles: "Allèles",
        fractions: "Fraction allélique par génotype",
        fractions_say: "Part des lectures qui portent l’allèle ALT\u{a0}: environ la moitié chez les hétérozygotes, toutes chez les homozygotes. L’entre-deux évoque une contamination, ou des copies.",
        fraction_axis: "Part des lectures",
        gq: "Qualité du génotype",
        gq_says: "À quel point les génotypes sont sûrs (Phred)\u{a0}; 99 est le maximum.",
        qual: "Qualité du variant",
        qual_says: "À quel point l’existence d’un variant est sûre (Phred). La dernière barre contient tout ce qui est au-dessus.",
        records: "Enregistrements",
    },
    provenance: ProvenanceWords {
        no_manifest: "Il n’y a pas de manifeste à côté des mesures\u{a0}: empreintes, référence et commande sont inconnues ici.",
        program: "Programme",
        command: "Commande, avec les options qui déterminent les sorties",
        reference: "Référence",
        contigs: "Contigs",
        bases: "Bases",
        reference_digest: "SHA-256 des contigs",
        inputs: "Entrées",
        file_head: ["Fichier", "Taille", "SHA-256"],
    },
    run: RunWords {
        stages: "Durées",
        stages_say: |wall, cpu| {
            format!(
                "L’exécution a pris {wall} d’horloge et {cpu} de processeur. Les étapes peuvent se chevaucher."
            )
        },
        whole: "exécution entière",
        wall: "horloge",
        cpu: "processeur",
        seconds: "Secondes",
        stage_head: ["Étape", "Horloge", "Processeur"],
        machine: "Machine",
        threads: "Fils d’exécution",
        memory: "Mémoire maximale",
        memory_limit: "Limite de mémoire",
        temporary: "Déversé sur disque",
        platform: "Plateforme",
        processor: "Processeur",
        kernels: "Noyaux",
        started: "Début",
        arguments: "Ligne de commande telle que donnée",
        outputs: "Sorties",
    },
    batch: BatchWords {
        title: |samples| {
            if samples == 1 { "1 échantillon".to_owned() } else { format!("{samples} échantillons") }
        },
        counts: |[failed, warned, passed, open]| {
            let named = [(failed, "ÉCHEC"), (warned, "ALERTE"), (passed, "CONFORME"), (open, "non jugé")];
            let parts = named.into_iter().filter(|(count, _)| *count > 0);
            format!(
                "{}.",
                parts.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
            )
        },
        samples: "Échantillons",
        samples_say: "Les pires d’abord. Une cellule est la valeur de l’échantillon pour un critère\u{a0}; un triangle signale ce qui est loin des autres échantillons.",
        sample: "Échantillon",
        verdict: "Verdict",
        not_judged: "non jugé",
        spread: "Où se situent les échantillons",
        spread_says: "Un point par échantillon\u{a0}; le grand trait est la médiane. Les points nommés en sont à plus de cinq écarts absolus médians.",
        outlier_high: "bien au-dessus des autres",
        outlier_low: "bien au-dessous des autres",
        range: |low, median, high| format!("de {low} à {high}, médiane {median}"),
        too_few: "Les valeurs aberrantes sont cherchées à partir de cinq échantillons.",
    },
};

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::NotChecked => "NON VÉRIFIÉ",
        Outcome::Pass => "CONFORME",
        Outcome::Warn => "ALERTE",
        Outcome::Fail => "ÉCHEC",
    }
}

fn sex(sex: &str) -> String {
    match sex {
        "female" => "féminin".to_owned(),
        "male" => "masculin".to_owned(),
        other => other.to_owned(),
    }
}

fn gate(gate: Gate) -> &'static str {
    match gate {
        Gate::Yield => "Rendement",
        Gate::Q30 => "Q30",
        Gate::Mapped => "Alignées",
        Gate::Duplicates => "Duplicats",
        Gate::InsertSize => "Taille d’insert",
        Gate::MeanDepth => "Profondeur moyenne",
        Gate::At20x => "À 20×",
        Gate::Evenness => "Uniformité",
        Gate::Contamination => "Contamination",
        Gate::Sex => "Sexe",
        Gate::Identity => "Identité",
        Gate::TiTv => "Ti/Tv",
        Gate::HetHom => "Hét/hom",
        Gate::IndelRatio => "Ins/dél",
    }
}

fn about(gate: Gate) -> &'static str {
    match gate {
        Gate::Yield => "bases lues par base à couvrir",
        Gate::Q30 => "part des bases Q30 ou mieux",
        Gate::Mapped => "part des lectures",
        Gate::Duplicates => "part des lectures alignées",
        Gate::InsertSize => "médiane des paires correctes",
        Gate::MeanDepth => "des bases examinées",
        Gate::At20x => "part des bases à 20 lectures ou plus",
        Gate::Evenness => "part des bases au-dessus d’un cinquième de la moyenne",
        Gate::Contamination => "part des lectures de quelqu’un d’autre",
        Gate::Sex => "déclaré, et d’après les lectures",
        Gate::Identity => "qui est l’échantillon",
        Gate::TiTv => "transitions sur transversions",
        Gate::HetHom => "hétérozygotes sur homozygotes",
        Gate::IndelRatio => "insertions sur délétions",
    }
}

fn state(state: CopyState) -> &'static str {
    match state {
        CopyState::Normal => "attendu",
        CopyState::PossibleGain => "gain possible",
        CopyState::PossibleLoss => "perte possible",
        CopyState::Gain => "gain",
        CopyState::Loss => "perte",
        CopyState::Open => "indéterminé",
    }
}

/// What a sentence speaks of.
fn subject(gate: Gate) -> &'static str {
    match gate {
        Gate::Yield => "le rendement",
        Gate::Q30 => "la part de bases Q30",
        Gate::Mapped => "la part de lectures alignées",
        Gate::Duplicates => "la part de duplicats",
        Gate::InsertSize => "la taille médiane des inserts",
        Gate::MeanDepth => "la profondeur moyenne",
        Gate::At20x => "la part de bases à 20×",
        Gate::Evenness => "l’uniformité",
        Gate::Contamination => "la contamination",
        Gate::Sex => "le sexe",
        Gate::Identity => "l’identité",
        Gate::TiTv => "le rapport Ti/Tv",
        Gate::HetHom => "le rapport hét/hom",
        Gate::IndelRatio => "le rapport insertions/délétions",
    }
}

fn limit_of(outcome_of: Outcome) -> &'static str {
    match outcome_of {
        Outcome::Warn => "limite d’alerte",
        Outcome::Fail | Outcome::Pass | Outcome::NotChecked => "limite d’échec",
    }
}

fn reason(gate: Gate, value: &str, finding: &Finding) -> String {
    let subject = subject(gate);
    let limit = |limit: f64| NUMBER.of_gate(gate, limit);
    match finding {
        Finding::Within => format!("{subject}, {value}, est dans les limites"),
        Finding::Below { limit: low, of } => {
            format!("{subject}, {value}, est sous {}, {}", limit(*low), limit_of(*of))
        }
        Finding::Above { limit: high, of } => {
            format!("{subject}, {value}, est au-dessus de {}, {}", limit(*high), limit_of(*of))
        }
        Finding::Agrees => format!("{subject} est conforme à la déclaration"),
        Finding::Differs { stated, found } => {
            format!("{subject} déclaré est {}, mais les lectures indiquent {}", sex(stated), sex(found))
        }
        Finding::SomebodyElse { expected, is_related } => {
            let who = if *is_related { "d’un parent" } else { "de quelqu’un d’autre" };
            format!("l’échantillon devrait être {expected}, mais il est {who}")
        }
        Finding::NoLimit => format!("aucune limite n’est fixée pour {subject}"),
        Finding::NoBases => "bases et qualités des lectures n’ont pas été comptées".to_owned(),
        Finding::NoReads => "il n’y a pas de lectures".to_owned(),
        Finding::NoPairs => "aucune paire n’est correctement placée".to_owned(),
        Finding::NoDepth => "la profondeur n’a pas été comptée, ou pas si haut".to_owned(),
        Finding::NoVariants => "aucun variant n’a été demandé".to_owned(),
        Finding::TooFew { count, wanted } => format!(
            "{subject} porte sur {} variants, trop peu pour juger\u{a0}: il en faut {}",
            NUMBER.count(*count),
            NUMBER.count(*wanted)
        ),
        Finding::NoSites => "aucun site commun n’a été donné pour en juger".to_owned(),
        Finding::SexNotStated { found: Some(found) } => {
            format!("aucun sexe n’est déclaré\u{a0}; les lectures indiquent {}", sex(found))
        }
        Finding::SexNotStated { found: None } => {
            "aucun sexe n’est déclaré, et les lectures ne le disent pas".to_owned()
        }
        Finding::SexUnclear => "les lectures sur X et Y ne le disent pas".to_owned(),
        Finding::NoSex => "X et Y n’ont pas été examinés, ou n’existent pas".to_owned(),
        Finding::FewSites => "trop peu de sites communs ont des lectures".to_owned(),
        Finding::IdentityUnclear => "les empreintes ont trop peu en commun pour juger".to_owned(),
        Finding::NothingToCompare => "il n’y a pas d’empreinte à comparer".to_owned(),
    }
}
