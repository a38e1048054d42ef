//! Charts, as SVG in the page. Their colours are numbers here, which the style sheet gives a meaning in light and dark.
#![expect(clippy::cast_precision_loss, reason = "a picture needs no 53 bits")]

use maud::{Markup, PreEscaped, html};
use plotters::chart::ChartBuilder;
use plotters::drawing::IntoDrawingArea as _;
use plotters::element::{PathElement, Rectangle, Text};
use plotters::prelude::SVGBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, IntoTextStyle as _, RGBColor};

/// Bars beside each other, each of parts upon each other.
pub(super) struct Bars {
    /// What is in it, in a sentence.
    pub(super) title: String,
    /// The label of each bar; those that are not empty are shown.
    pub(super) labels: Vec<String>,
    /// The parts of each bar, from below; as many for each.
    pub(super) bars: Vec<Vec<u64>>,
    /// Lines across: the bar that they stand before, and what they mean.
    pub(super) marks: Vec<(usize, String)>,
}

impl Bars {
    /// The chart, once for wide and once for narrow screens.
    pub(super) fn show(&self) -> Markup {
        html! {
            div.chart role="img" aria-label=(self.title) {
                @for (class, width) in [("wide", 720), ("narrow", 340)] {
                    @if let Some(svg) = self.draw(width) { div class=(class) { (PreEscaped(svg)) } }
                }
            }
        }
    }

    /// `None` if the library cannot draw it.
    fn draw(&self, width: u32) -> Option<String> {
        let mut svg = String::new();
        self.draw_into(&mut svg, width).ok()?;
        Some(svg)
    }

    fn draw_into(&self, svg: &mut String, width: u32) -> Result<(), Box<dyn std::error::Error>> {
        let area = SVGBackend::with_string(svg, (width, HEIGHT)).into_drawing_area();
        let most = self.bars.iter().map(|bar| bar.iter().sum::<u64>()).max();
        let top = nice(most.unwrap_or(0));
        let count = self.bars.len();
        let mut chart = ChartBuilder::on(&area)
            .margin_top(18)
            .margin_right(8)
            .x_label_area_size(22)
            .y_label_area_size(44)
            .build_cartesian_2d(0.0..count as f64, 0.0..top)?;
        let label = |at: &f64| self.label(*at, width);
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(colour(0).mix(0.0))
            .bold_line_style(colour(LINE))
            .axis_style(colour(LINE))
            .label_style(
                ("sans-serif", 12)
                    .into_text_style(&area)
                    .color(&colour(TEXT)),
            )
            .x_labels(count + 1)
            .y_labels(4)
            .x_label_formatter(&label)
            .y_label_formatter(&|value| amount(*value))
            .draw()?;
        for (index, bar) in self.bars.iter().enumerate() {
            let mut from = 0.0;
            for (part, value) in bar.iter().enumerate().filter(|(_, value)| **value > 0) {
                let to = from + *value as f64;
                let corners = [(index as f64 + 0.12, from), (index as f64 + 0.88, to)];
                let style = colour(part as u8 + 1).filled();
                chart.draw_series([Rectangle::new(corners, style)])?;
                from = to;
            }
        }
        for (index, words) in &self.marks {
            let at = *index as f64;
            let line = vec![(at, 0.0), (at, top)];
            chart.draw_series([PathElement::new(line, colour(MARK))])?;
            let mark = colour(MARK);
            let style = ("sans-serif", 11).into_text_style(&area).color(&mark);
            let side = if at > count as f64 * 0.85 {
                HPos::Right
            } else {
                HPos::Left
            };
            let style = style.pos(Pos::new(side, VPos::Bottom));
            chart.draw_series([Text::new(words.clone(), (at, top), style)])?;
        }
        area.present()?;
        Ok(())
    }

    /// Only so many labels as there is room for.
    fn label(&self, at: f64, width: u32) -> String {
        let every = (self.labels.len() * 70 / width as usize).max(1);
        let place = (0..self.labels.len()).find(|place| (*place as f64 - at).abs() < 0.01);
        let Some(index) = place else {
            return String::new();
        };
        if !index.is_multiple_of(every) {
            return String::new();
        }
        self.labels.get(index).cloned().unwrap_or_default()
    }
}

/// A row of bars without words, for the side of a number.
pub(super) fn share(part: u64, whole: u64) -> Markup {
    let width = if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64 * 100.0
    };
    html! {
        svg.share viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect.of width="100" height="6" {}
            rect.is width=(format!("{:.1}", width.max(1.0))) height="6" {}
        }
    }
}

fn colour(number: u8) -> RGBColor {
    RGBColor(number, 0, 0)
}

/// The next round number.
fn nice(most: u64) -> f64 {
    let most = (most as f64).max(4.0);
    let step = 10_f64.powf(most.log10().floor());
    let tops = [1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];
    let mut tops = tops.into_iter().map(|times| times * step);
    tops.find(|top| *top >= most).unwrap_or(most)
}

fn amount(value: f64) -> String {
    match value {
        value if value >= 1e6 => format!("{}M", value / 1e6),
        value if value >= 1e3 => format!("{}k", value / 1e3),
        value if value.fract().abs() < 1e-9 => format!("{value}"),
        _ => String::new(),
    }
}

const HEIGHT: u32 = 200;
const LINE: u8 = 90;
const TEXT: u8 = 91;
const MARK: u8 = 92;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_has_no_style_of_its_own_and_escapes_its_words() {
        let bars = Bars {
            title: "<b>".to_owned(),
            labels: vec!["<i>".to_owned(); 3],
            bars: vec![vec![1, 2], vec![0, 0], vec![1_000_000, 5]],
            marks: vec![(1, "r2 <script>".to_owned())],
        };
        let shown = bars.show().into_string();
        assert!(!shown.contains("style="), "{shown}");
        assert!(!shown.contains("<i>") && !shown.contains("<script>") && !shown.contains("<b>"));
        assert!(
            shown.contains("#010000") && shown.contains("#020000"),
            "{shown}"
        );
    }

    #[test]
    fn an_axis_ends_at_a_round_number() {
        for (most, expected) in [
            (0, 4.0),
            (3, 4.0),
            (4, 4.0),
            (7, 8.0),
            (11, 15.0),
            (999, 1000.0),
            (45_000, 50_000.0),
        ] {
            assert!(
                (nice(most) - expected).abs() < 0.1,
                "{most}: {}",
                nice(most)
            );
        }
    }
}
