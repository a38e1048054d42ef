//! The rules of the state machine, whatever is done to it.

use proptest::prelude::*;

use super::*;

const A: RevisionId = RevisionId(1);
const B: RevisionId = RevisionId(2);

fn enforced(revision: RevisionId) -> State {
    State {
        stage: Stage::Enforce(revision, Share::ALL),
        ..State::new()
    }
}

fn sample(responses: u64, genuine: u64) -> Sample {
    Sample { responses, genuine }
}

#[test]
fn a_policy_goes_from_trial_through_the_steps_to_everybody() {
    let plan = Plan::default();
    let mut state = State::new().propose(A).unwrap();
    let mut shares = Vec::new();
    while let Ok(next) = state.advance(Advance::next(Sample::default()), &plan) {
        shares.push(next.stage.share());
        state = next;
    }
    assert_eq!(shares, plan.steps);
    let refusal = state.advance(Advance::next(Sample::default()), &plan);
    assert_eq!(refusal, Err(Refusal::Finished));
}

#[test]
fn a_new_policy_leaves_the_enforced_one_in_place() {
    let on_trial = enforced(A).propose(B).unwrap();
    assert_eq!(on_trial.stage, Stage::Trial(B));
    assert_eq!(on_trial.enforced_baseline(), Some(A));
    assert_eq!(on_trial.enforced_share(), Share::ALL);
    assert_eq!(on_trial.back().unwrap(), enforced(A));
}

#[test]
fn stepping_back_from_enforcing_brings_the_policy_before_back() {
    let plan = Plan::default();
    let advance = Advance {
        share: Some(Share::ALL),
        sample: Sample::default(),
        is_forced: false,
    };
    let everywhere = enforced(A)
        .propose(B)
        .unwrap()
        .advance(advance, &plan)
        .unwrap();
    assert_eq!(
        everywhere.enforced_baseline(),
        None,
        "nobody gets the policy before"
    );
    let back = everywhere.back().unwrap();
    assert_eq!(back.stage, Stage::Trial(B));
    assert_eq!(back.enforced_baseline(), Some(A));
}

#[test]
fn too_many_violations_step_back_and_hold() {
    let plan = Plan::default();
    let bad = sample(1000, 11);
    let state = enforced(A).step_back(&plan, |_| bad).unwrap();
    assert_eq!(state.stage, Stage::Trial(A));
    assert!(state.is_held);
    let advance = |sample| state.advance(Advance::next(sample), &plan);
    let limit = 0.005;
    let refusal = Err(Refusal::Unhealthy {
        sample: sample(1000, 6),
        limit,
    });
    assert_eq!(
        advance(sample(1000, 6)),
        refusal,
        "under the rate, over the recovery"
    );
    assert!(advance(sample(1000, 5)).is_ok());
    let refusal = Err(Refusal::TooFewResponses {
        sample: sample(199, 0),
        minimum: 200,
    });
    assert_eq!(advance(sample(199, 0)), refusal);
}

#[test]
fn what_is_just_at_the_rate_or_too_little_to_tell_does_not_step_back() {
    let plan = Plan::default();
    assert_eq!(enforced(A).step_back(&plan, |_| sample(1000, 10)), None);
    assert_eq!(enforced(A).step_back(&plan, |_| sample(199, 199)), None);
    let never = Plan {
        step_back: None,
        ..plan
    };
    assert_eq!(enforced(A).step_back(&never, |_| sample(1000, 1000)), None);
}

#[test]
fn a_bad_baseline_is_dropped_and_the_trial_goes_on() {
    let on_trial = enforced(A).propose(B).unwrap();
    let bad = |revision| {
        if revision == A {
            sample(1000, 500)
        } else {
            sample(1000, 0)
        }
    };
    let state = on_trial.step_back(&Plan::default(), bad).unwrap();
    assert_eq!(state.stage, Stage::Trial(B));
    assert_eq!(state.baseline, None);
}

#[test]
fn a_share_only_rises_by_advancing() {
    let plan = Plan::default();
    let quarter = Share::from_basis_points(2500);
    let state = State {
        stage: Stage::Enforce(A, quarter),
        ..State::new()
    };
    let advance = Advance {
        share: Some(quarter),
        sample: Sample::default(),
        is_forced: true,
    };
    let refusal = Err(Refusal::ShareDoesNotRise {
        from: quarter,
        to: quarter,
    });
    assert_eq!(state.advance(advance, &plan), refusal);
}

#[test]
fn a_refusal_says_what_to_do() {
    let refusal = Refusal::Unhealthy {
        sample: sample(1000, 25),
        limit: 0.01,
    };
    assert_eq!(
        refusal.to_string(),
        "25 genuine violations in 1000 responses are over the limit of 1%; look at them, or force the step"
    );
}

#[derive(Clone, Debug)]
enum Step {
    Propose(u32),
    Advance(Option<u16>, bool),
    Back,
    Measure,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1..5u32).prop_map(Step::Propose),
        (proptest::option::of(0..11_000u16), any::<bool>())
            .prop_map(|(share, is_forced)| Step::Advance(share, is_forced)),
        Just(Step::Back),
        Just(Step::Measure),
    ]
}

fn take(state: State, step: &Step, measured: Sample) -> State {
    let plan = Plan::default();
    let next = match step {
        Step::Propose(revision) => state.propose(RevisionId(*revision)).ok(),
        Step::Advance(share, is_forced) => {
            let advance = Advance {
                share: share.map(Share::from_basis_points),
                sample: measured,
                is_forced: *is_forced,
            };
            state.advance(advance, &plan).ok()
        }
        Step::Back => state.back().ok(),
        Step::Measure => state.step_back(&plan, |_| measured),
    };
    next.unwrap_or(state)
}

proptest! {
    #[test]
    fn only_what_was_proposed_is_ever_sent(
        steps in proptest::collection::vec((step(), 0..2000u64, 0..50u64), 0..40),
    ) {
        let mut state = State::new();
        let mut proposed = Vec::new();
        for (step, responses, genuine) in &steps {
            if let Step::Propose(revision) = step {
                proposed.push(Some(RevisionId(*revision)));
            }
            state = take(state, step, sample(*responses, *genuine));
            for sent in [state.stage.revision(), state.baseline] {
                prop_assert!(sent.is_none() || proposed.contains(&sent));
            }
            prop_assert!(state.baseline.is_none() || state.baseline != state.stage.revision());
        }
    }

    #[test]
    fn measuring_and_proposing_never_enforce_more(
        steps in proptest::collection::vec((step(), 0..2000u64, 0..50u64), 0..40),
    ) {
        let mut state = State::new();
        for (step, responses, genuine) in &steps {
            let before = state;
            state = take(state, step, sample(*responses, *genuine));
            if !matches!(step, Step::Advance(..) | Step::Back) {
                prop_assert!(state.enforced_share() <= before.enforced_share());
            }
            if let Step::Advance(..) = step {
                prop_assert!(state.enforced_share() >= before.enforced_share());
                prop_assert!(state.stage.share() >= before.stage.share());
            }
        }
    }

    #[test]
    fn stepping_back_often_enough_ends_at_the_start(
        steps in proptest::collection::vec((step(), 0..2000u64, 0..50u64), 0..40),
    ) {
        let mut state = State::new();
        for (step, responses, genuine) in &steps {
            state = take(state, step, sample(*responses, *genuine));
        }
        let mut left = 5;
        while let Ok(back) = state.back() {
            state = back;
            left -= 1;
            prop_assert!(left > 0, "does not end: {state:?}");
        }
        prop_assert_eq!(state, State::new());
    }

    #[test]
    fn an_unforced_step_after_a_step_back_needs_a_recovered_rate(
        responses in 0..3000u64, genuine in 0..60u64,
    ) {
        let plan = Plan::default();
        let held = enforced(A).step_back(&plan, |_| sample(1000, 500)).unwrap();
        let measured = sample(responses, genuine);
        if held.advance(Advance::next(measured), &plan).is_ok() {
            prop_assert!(responses >= 200 && measured.rate() <= 0.005);
        }
    }
}
