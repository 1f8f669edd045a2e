//! Bar charts as SVG, readable on a light and on a dark page.

use std::fmt::{self, Write as _};

/// Horizontal bars in groups; a group's bars are one value of each series.
#[derive(Debug, Clone)]
pub struct Bars {
    /// What is shown, for the heading and for screen readers.
    pub title: String,
    /// How to read it, for the line below the heading and for screen readers.
    pub description: String,
    /// What the numbers of the axis are.
    pub unit: String,
    /// Who is compared, at most five.
    pub series: Vec<String>,
    /// Label and values, in the order of the series; `None` leaves a gap.
    pub groups: Vec<(String, Vec<Option<f64>>)>,
}

const WIDTH: f64 = 820.0;
/// Where the bars begin; the groups' labels are to the left.
const LEFT: f64 = 150.0;
/// Where the longest bar ends; its value is to the right.
const RIGHT: f64 = 740.0;
const TOP: f64 = 84.0;
const BAR: f64 = 11.0;
const GAP: f64 = 10.0;

const STYLE: &str = "
text{font:11px system-ui,sans-serif;fill:#1f2328}
.h{font-size:15px;font-weight:600}.e{text-anchor:end}.m{text-anchor:middle}
.g{stroke:#1f2328;stroke-opacity:.15}
.s0{fill:#8c959f}.s1{fill:#0969da}.s2{fill:#bc4c00}.s3{fill:#d4a72c}.s4{fill:#8250df}
@media(prefers-color-scheme:dark){
text{fill:#e6edf3}.g{stroke:#e6edf3}
.s0{fill:#7d8590}.s1{fill:#4493f8}.s2{fill:#f0883e}.s3{fill:#e3b341}.s4{fill:#ab7df8}
}
";

impl fmt::Display for Bars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let group = self.series.len() as f64 * BAR + GAP;
        let bottom = TOP + self.groups.len() as f64 * group;
        writeln!(
            f,
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {}" role="img" aria-labelledby="title desc">"#,
            bottom + 44.0
        )?;
        writeln!(f, r#"<title id="title">{}</title>"#, escaped(&self.title))?;
        writeln!(f, r#"<desc id="desc">{}</desc>"#, escaped(&self.description))?;
        writeln!(f, "<style>{STYLE}</style>")?;
        writeln!(f, r#"<text class="h" x="10" y="24">{}</text>"#, escaped(&self.title))?;
        writeln!(f, r#"<text x="10" y="44">{}</text>"#, escaped(&self.description))?;
        self.write_legend(f)?;
        let axis = Axis::to(self.largest());
        self.write_axis(f, axis, bottom)?;
        for (number, (label, values)) in self.groups.iter().enumerate() {
            let top = TOP + number as f64 * group;
            let middle = top + (group - GAP) / 2.0 + 4.0;
            let label = escaped(label);
            writeln!(f, r#"<text class="e" x="{}" y="{middle}">{label}</text>"#, LEFT - 8.0)?;
            for (series, value) in values.iter().enumerate() {
                let Some(value) = *value else { continue };
                let (y, end) = (top + series as f64 * BAR, axis.x(value));
                writeln!(
                    f,
                    r#"<rect class="s{series}" x="{LEFT}" y="{y}" width="{:.1}" height="{}"/><text x="{:.1}" y="{}">{}</text>"#,
                    end - LEFT,
                    BAR - 1.0,
                    end + 4.0,
                    y + 9.0,
                    number_text(value),
                )?;
            }
        }
        writeln!(f, "</svg>")
    }
}

impl Bars {
    fn largest(&self) -> f64 {
        self.groups.iter().flat_map(|(_, values)| values).flatten().fold(0.0, |a, b| a.max(*b))
    }

    fn write_legend(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut x = LEFT;
        for (number, name) in self.series.iter().enumerate() {
            let name_x = x + 14.0;
            let name = escaped(name);
            writeln!(
                f,
                r#"<rect class="s{number}" x="{x}" y="58" width="10" height="10"/><text x="{name_x}" y="67">{name}</text>"#
            )?;
            x += 40.0 + 6.5 * name.len() as f64;
        }
        Ok(())
    }

    fn write_axis(&self, f: &mut fmt::Formatter<'_>, axis: Axis, bottom: f64) -> fmt::Result {
        for tick in 0..=axis.ticks {
            let value = f64::from(tick) * axis.step;
            let (x, text) = (axis.x(value), number_text(value));
            let (line_end, text_y) = (bottom - 4.0, bottom + 12.0);
            writeln!(
                f,
                r#"<line class="g" x1="{x:.1}" y1="{TOP}" x2="{x:.1}" y2="{line_end}"/><text class="m" x="{x:.1}" y="{text_y}">{text}</text>"#
            )?;
        }
        let (middle, y) = (f64::midpoint(LEFT, RIGHT), bottom + 32.0);
        writeln!(f, r#"<text class="m" x="{middle}" y="{y}">{}</text>"#, escaped(&self.unit))
    }
}

#[derive(Clone, Copy)]
struct Axis {
    step: f64,
    ticks: u32,
}

impl Axis {
    /// Steps of 1, 2 or 5 times a power of ten, at most ten of them.
    fn to(largest: f64) -> Self {
        let largest = if largest > 0.0 { largest } else { 1.0 };
        let power = 10_f64.powf((largest / 10.0).log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power);
        let step = step.into_iter().find(|step| largest / step <= 10.0).unwrap_or(power * 10.0);
        Self { step, ticks: (largest / step).ceil() as u32 }
    }

    fn x(self, value: f64) -> f64 {
        LEFT + (RIGHT - LEFT) * value / (self.step * f64::from(self.ticks))
    }
}

/// Three or more digits: `1,234`, `56.7`, `8.90`.
#[must_use]
pub fn number_text(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if value.abs() < 100.0 {
        let digits = if value.abs() < 10.0 { 2 } else { 1 };
        return format!("{value:.digits$}");
    }
    let digits = format!("{value:.0}");
    let (sign, digits) = digits.split_at(usize::from(value < 0.0));
    let mut text = sign.to_owned();
    for (number, digit) in digits.chars().enumerate() {
        if number > 0 && (digits.len() - number).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            _ => write!(escaped, "{char}").expect("a string takes every character"),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits_or_more() {
        let texts = [0.0, 1.234, 56.78, 123.4, 1_234_567.0, -1_234.0].map(number_text);
        assert_eq!(texts, ["0", "1.23", "56.8", "123", "1,234,567", "-1,234"]);
    }

    #[test]
    fn an_axis_reaches_the_largest_value_in_round_steps() {
        for (largest, step, ticks) in [(97.0, 10.0, 10), (120.0, 20.0, 6), (0.31, 0.05, 7)] {
            let axis = Axis::to(largest);
            assert!((axis.step - step).abs() < 1e-9, "{largest}: {}", axis.step);
            assert_eq!(axis.ticks, ticks, "{largest}");
            assert!(axis.x(largest) <= RIGHT);
        }
    }

    #[test]
    fn a_chart_names_what_it_shows_and_escapes_it() {
        let bars = Bars {
            title: "a < b".to_owned(),
            description: "less & less".to_owned(),
            unit: "µs".to_owned(),
            series: vec!["one".to_owned(), "two".to_owned()],
            groups: vec![("g".to_owned(), vec![Some(1.0), None])],
        };
        let svg = bars.to_string();
        assert!(svg.contains(r#"<title id="title">a &lt; b</title>"#), "{svg}");
        assert!(svg.contains(r#"<desc id="desc">less &amp; less</desc>"#), "{svg}");
        assert_eq!(svg.matches(r#"height="10""#).count(), 2 + 1, "a legend and one bar");
    }
}
