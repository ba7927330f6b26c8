//! One thing that was looked at, and what to do about it.

use serde::Serialize;

/// How it is; the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum State {
    /// As it should be.
    Ok,
    /// Runs will end, but slower, or with results that surprise.
    Warn,
    /// Runs will fail.
    Fail,
}

impl State {
    const fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warn => "WARN",
            Self::Fail => "FAIL",
        }
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub topic: &'static str,
    /// How it is.
    pub state: State,
    /// What there is, in words.
    pub found: String,
    /// What to do, where something is to be done.
    pub remedy: Option<String>,
}

impl Finding {
    /// As it should be.
    pub fn ok(topic: &'static str, found: impl Into<String>) -> Self {
        Self { topic, state: State::Ok, found: found.into(), remedy: None }
    }

    /// Not quite.
    pub fn warn(topic: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { topic, state: State::Warn, found: found.into(), remedy: Some(remedy.into()) }
    }

    /// Wrong.
    pub fn fail(topic: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { topic, state: State::Fail, found: found.into(), remedy: Some(remedy.into()) }
    }

    /// The line that a person reads.
    pub fn line(&self) -> String {
        let (word, Self { topic, found, .. }) = (self.state.word(), self);
        match &self.remedy {
            None => format!("{word:<4}  {topic:<12}  {found}"),
            Some(remedy) => format!("{word:<4}  {topic:<12}  {found}: {remedy}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_say_what_to_do_and_the_worst_wins() {
        assert_eq!(Finding::ok("threads", "2").line(), "OK    threads       2");
        assert_eq!(Finding::fail("index", "none", "make it").line(), "FAIL  index         none: make it");
        assert!(State::Fail > State::Warn && State::Warn > State::Ok);
    }
}
