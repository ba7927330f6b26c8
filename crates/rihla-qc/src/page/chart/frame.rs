//! Where on the picture a chart's values are.

/// A picture and the part of it that values are drawn in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Width of the picture.
    pub width: f64,
    /// Height of the picture.
    pub height: f64,
    /// Left end of the part.
    pub left: f64,
    /// Upper end of the part.
    pub top: f64,
    /// What is left free on the right.
    pub margin_right: f64,
    /// What is left free below.
    pub margin_bottom: f64,
}

impl Frame {
    /// Half of a page.
    pub const HALF: Self =
        Self { width: 480.0, height: 240.0, left: 50.0, top: 24.0, margin_right: 12.0, margin_bottom: 40.0 };
    /// A whole page.
    pub const WIDE: Self =
        Self { width: 980.0, height: 250.0, left: 50.0, top: 24.0, margin_right: 12.0, margin_bottom: 40.0 };

    /// Right end of the part.
    #[must_use]
    pub fn right(&self) -> f64 {
        self.width - self.margin_right
    }

    /// Lower end of the part.
    #[must_use]
    pub fn bottom(&self) -> f64 {
        self.height - self.margin_bottom
    }

    /// From 0 to 1 to a place from left to right.
    #[must_use]
    pub fn x(&self, share: f64) -> f64 {
        self.left + share * (self.right() - self.left)
    }

    /// From 0 to 1 to a place from below to above.
    #[must_use]
    pub fn y(&self, share: f64) -> f64 {
        self.bottom() - share * (self.bottom() - self.top)
    }
}
