//! What parsing, compiling and deciding cost, beside the crate `content-security-policy` in the same run.
//!
//! `cargo bench -p connect-src` prints times and heap allocations. `docs/performance.md` keeps the figures.

#![expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "divan hands arguments out by reference"
)]

use std::fmt;

use connect_src::{
    Api, BrowserProfile, CheckResult, CompiledCspList, CspList, Disposition, Origin, Request,
};
use content_security_policy as peer;
use divan::counter::BytesCount;
use divan::{AllocProfiler, Bencher, black_box};
use url::Url;

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// A policy by its number of sources.
#[derive(Clone, Copy)]
enum Size {
    Three,
    /// As a large site has it: 12 directives, 60 sources, 30 of them in connect-src.
    Sixty,
    FiveHundred,
    FiveThousand,
}

const SIZES: [Size; 4] = [
    Size::Three,
    Size::Sixty,
    Size::FiveHundred,
    Size::FiveThousand,
];

impl Size {
    fn name(self) -> &'static str {
        match self {
            Self::Three => "3",
            Self::Sixty => "60",
            Self::FiveHundred => "500",
            Self::FiveThousand => "5000",
        }
    }

    fn connect_sources(self) -> Vec<String> {
        match self {
            Self::Three => vec!["'self'".into(), source(0), source(9)],
            Self::Sixty => (0..30).map(source).collect(),
            Self::FiveHundred => (0..500).map(source).collect(),
            Self::FiveThousand => (0..5_000).map(source).collect(),
        }
    }

    fn policy(self) -> String {
        let connect = format!("connect-src {}", self.connect_sources().join(" "));
        if !matches!(self, Self::Sixty) {
            return connect;
        }
        let others = "default-src 'none'; base-uri 'self'; child-src a.example b.example/x/; font-src cdn.example; \
             form-action 'self' a.example b.example; frame-ancestors 'none'; frame-src f.example g.example; \
             img-src 'self' data: blob: *.img.example i1.example i2.example i3.example i4.example i5.example; \
             manifest-src 'self'; media-src m.example *.m.example; script-src cdn.example; \
             style-src 'unsafe-inline' cdn.example; worker-src a.example b.example/x/";
        format!("{others}; {connect}")
    }
}

/// 70 % full origins, 10 % wildcards, 10 % hosts alone, 10 % with a path.
fn source(number: usize) -> String {
    match number % 10 {
        3 => format!("*.w{number:05}.example.net"),
        5 => format!("h{number:05}.example.org"),
        7 => format!("https://h{number:05}.example.com/api/"),
        _ => format!("https://h{number:05}.example.com"),
    }
}

/// Which source admits the URL.
#[derive(Clone, Copy)]
enum Place {
    First,
    Last,
    None,
}

/// One decision.
#[derive(Clone, Copy)]
struct Case(Size, Place);

impl Case {
    fn url(self) -> Url {
        let number = match (self.0, self.1) {
            (_, Place::None) => return parse("https://evil.example/collect?x=1"),
            (_, Place::First) => 0,
            (Size::Three, Place::Last) => 9,
            (Size::Sixty, Place::Last) => 29,
            (Size::FiveHundred, Place::Last) => 499,
            (Size::FiveThousand, Place::Last) => 4_999,
        };
        parse(&format!("https://h{number:05}.example.com/v1/items?id=1"))
    }

    fn expected(self) -> CheckResult {
        match self.1 {
            Place::First | Place::Last => CheckResult::Allowed,
            Place::None => CheckResult::Blocked,
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match self.1 {
            Place::First => "first",
            Place::Last => "last",
            Place::None => "none",
        };
        write!(formatter, "{} sources, {place}", self.0.name())
    }
}

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

fn cases() -> Vec<Case> {
    let places = [Place::First, Place::Last, Place::None];
    SIZES
        .iter()
        .flat_map(|size| places.map(|place| Case(*size, place)))
        .collect()
}

fn parse(url: &str) -> Url {
    Url::parse(url).expect("a URL")
}

fn page() -> Url {
    parse("https://app.example.com/")
}

fn compiled(size: Size, profile: BrowserProfile) -> CompiledCspList {
    let list = CspList::from_header(size.policy(), Disposition::Enforce);
    list.compile(&Origin::of(&page()), profile)
}

#[divan::bench_group(name = "decide")]
mod decide {
    use super::{
        Api, Bencher, BrowserProfile, Case, Request, Url, black_box, cases, compiled, page, parse,
        parse_peer, peer,
    };

    fn compiled_list(bencher: Bencher<'_, '_>, case: Case, profile: BrowserProfile) {
        let list = compiled(case.0, profile);
        let request = Request::connect(Api::Fetch, case.url());
        assert_eq!(list.should_request_be_blocked(&request), case.expected());
        bencher.bench_local(|| black_box(&list).should_request_be_blocked(black_box(&request)));
    }

    #[divan::bench(args = cases())]
    fn standard(bencher: Bencher<'_, '_>, case: &Case) {
        compiled_list(bencher, *case, BrowserProfile::Standard);
    }

    #[divan::bench(args = cases())]
    fn chromium(bencher: Bencher<'_, '_>, case: &Case) {
        compiled_list(bencher, *case, BrowserProfile::Chromium);
    }

    #[divan::bench(args = cases())]
    fn firefox(bencher: Bencher<'_, '_>, case: &Case) {
        compiled_list(bencher, *case, BrowserProfile::Firefox);
    }

    #[divan::bench(args = cases())]
    fn webkit(bencher: Bencher<'_, '_>, case: &Case) {
        compiled_list(bencher, *case, BrowserProfile::WebKit);
    }

    #[divan::bench(args = cases())]
    fn content_security_policy(bencher: Bencher<'_, '_>, case: &Case) {
        let list = parse_peer(&case.0.policy());
        let request = peer::Request {
            url: case.url(),
            current_url: case.url(),
            origin: page().origin(),
            redirect_count: 0,
            destination: peer::Destination::None,
            initiator: peer::Initiator::Fetch,
            nonce: String::new(),
            integrity_metadata: String::new(),
            parser_metadata: peer::ParserMetadata::None,
        };
        bencher.bench_local(|| black_box(&list).should_request_be_blocked(black_box(&request)));
    }

    /// What a decision is to cost less than.
    #[divan::bench]
    fn url_parse() -> Url {
        parse(black_box("https://h00000.example.com/v1/items?id=1"))
    }
}

fn parse_peer(policy: &str) -> peer::CspList {
    peer::CspList::parse(
        policy,
        peer::PolicySource::Header,
        peer::PolicyDisposition::Enforce,
    )
}

#[divan::bench_group(name = "parse")]
mod parse_policy {
    use super::{Bencher, BytesCount, CspList, Disposition, SIZES, Size, black_box, parse_peer};

    #[divan::bench(args = SIZES)]
    fn connect_src(bencher: Bencher<'_, '_>, size: &Size) {
        let policy = size.policy();
        bencher
            .counter(BytesCount::of_str(&policy))
            .bench_local(|| CspList::from_header(black_box(&policy), Disposition::Enforce));
    }

    #[divan::bench(args = SIZES)]
    fn content_security_policy(bencher: Bencher<'_, '_>, size: &Size) {
        let policy = size.policy();
        bencher
            .counter(BytesCount::of_str(&policy))
            .bench_local(|| parse_peer(black_box(&policy)));
    }
}

#[divan::bench(args = SIZES)]
fn compile(bencher: Bencher<'_, '_>, size: &Size) {
    let list = CspList::from_header(size.policy(), Disposition::Enforce);
    let origin = Origin::of(&page());
    bencher.bench_local(|| black_box(&list).compile(&origin, BrowserProfile::Firefox));
}

#[divan::bench_group(name = "normalize")]
mod shorten {
    use super::{Bencher, Disposition, black_box, source};
    use connect_src::{Policy, normalize};

    fn policy(sources: impl Iterator<Item = String>) -> Policy {
        let sources: Vec<_> = sources.collect();
        Policy::from_header(
            format!("connect-src {}", sources.join(" ")),
            Disposition::Enforce,
        )
    }

    #[divan::bench(args = [50, 500, 5_000], sample_count = 5)]
    fn nothing_to_shorten(bencher: Bencher<'_, '_>, sources: usize) {
        let policy = policy((0..sources).map(|number| format!("https://h{number:05}.example.com")));
        bencher.bench_local(|| normalize(black_box(&policy), None));
    }

    /// Half of the sources are below a wildcard that is there too.
    #[divan::bench(args = [50, 500], sample_count = 5)]
    fn half_are_covered(bencher: Bencher<'_, '_>, sources: usize) {
        let covered = (0..sources / 2).map(|number| format!("https://h{number:05}.example.org"));
        let others = (0..sources / 2).map(source);
        let wide = ["https://*.example.org".to_owned()];
        let policy = policy(covered.chain(others).chain(wide));
        bencher.bench_local(|| normalize(black_box(&policy), None));
    }
}

#[divan::bench_group(name = "compare")]
mod compare {
    use super::{Bencher, BrowserProfile, CspList, Disposition, Origin, black_box, page, source};
    use connect_src::{Comparison, RequestKind};

    /// What `connect-src diff` asks: every kind of request in the three browsers.
    fn differences(old: &CspList, new: &CspList) -> usize {
        let origin = Origin::of(&page());
        let count = |profile| {
            let comparison = Comparison::of(old, new, &origin, profile);
            let mut survey = comparison.survey();
            let found = RequestKind::all().map(|kind| survey.differences(kind).found.len());
            found.sum::<usize>()
        };
        BrowserProfile::BROWSERS.into_iter().map(count).sum()
    }

    fn list(sources: impl Iterator<Item = String>) -> CspList {
        let sources: Vec<_> = sources.collect();
        CspList::from_header(
            format!("connect-src {}", sources.join(" ")),
            Disposition::Enforce,
        )
    }

    #[divan::bench]
    fn ten_of_500_changed(bencher: Bencher<'_, '_>) {
        let (old, new) = (list((0..500).map(source)), list((10..510).map(source)));
        bencher.bench_local(|| differences(black_box(&old), black_box(&new)));
    }

    #[divan::bench]
    fn all_of_500_changed(bencher: Bencher<'_, '_>) {
        let (old, new) = (list((0..500).map(source)), list((500..1000).map(source)));
        bencher.bench_local(|| differences(black_box(&old), black_box(&new)));
    }

    /// Nothing differs but the case of letters, so that no source has to be asked.
    #[divan::bench]
    fn all_of_500_written_differently(bencher: Bencher<'_, '_>) {
        let upper = |number| source(number).replace("example", "EXAMPLE");
        let (old, new) = (list((0..500).map(source)), list((0..500).map(upper)));
        assert_eq!(differences(&old, &new), 0);
        bencher.bench_local(|| differences(black_box(&old), black_box(&new)));
    }
}
