use std::collections::VecDeque;

use bytes::Buf;
use http_body::SizeHint;
use proptest::prelude::*;

use super::*;

/// Frames, errors and trailers, of no announced length.
struct Script<D>(VecDeque<Result<Frame<D>, &'static str>>);

impl<D: Buf + Unpin> Body for Script<D> {
    type Data = D;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<D>, &'static str>>> {
        Poll::Ready(self.0.pop_front())
    }
}

fn script<D>(frames: impl IntoIterator<Item = D>) -> Script<D> {
    Script(frames.into_iter().map(|data| Ok(Frame::data(data))).collect())
}

#[tokio::test]
async fn an_announced_length_over_the_limit_is_413_unread() {
    // NEG-19
    struct Announces;
    impl Body for Announces {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            panic!("the body was read")
        }

        fn size_hint(&self) -> SizeHint {
            SizeHint::with_exact(4 * 1024 * 1024 + 1)
        }
    }
    let answer = refused(NegotiateLayer::new(), post("").map(|_| Announces)).await;
    assert_eq!(answer.refusal(), (413, -32600));
    let request = with_header(post(""), "content-length", "4194305").map(|_| Untouched);
    assert_eq!(refused(NegotiateLayer::new(), request).await.refusal(), (413, -32600));
}

#[tokio::test]
async fn reading_stops_at_the_limit() {
    // NEG-19
    let endless = std::iter::repeat_n(Bytes::from_static(&[b' '; 1000]), 5000);
    let mut body = script(endless);
    body.0.insert(8, Err("read on after the limit"));
    let layer = NegotiateLayer::new().with_max_body_bytes(7999);
    let answer = refused(layer, post("").map(|_| body)).await;
    assert_eq!(answer.refusal(), (413, -32600));
}

#[tokio::test]
async fn a_length_that_lies_does_not_help() {
    // NEG-19
    let layer = NegotiateLayer::new().with_max_body_bytes(CALL.len() - 1);
    let body = script([Bytes::from_static(CALL.as_bytes())]);
    let request = with_header(post(""), "content-length", "2").map(|_| body);
    assert_eq!(refused(layer, request).await.refusal(), (413, -32600));
    let layer = layer.with_max_body_bytes(CALL.len());
    assert_eq!(send(layer.layer(Inner(plain)), post(CALL)).await.status, 200);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_400() {
    let mut body = script([Bytes::from_static(&CALL.as_bytes()[..20])]);
    body.0.push_back(Err("reset"));
    let answer = refused(NegotiateLayer::new(), post("").map(|_| body)).await;
    assert_eq!(answer.refusal(), (400, -32600));
}

#[tokio::test]
async fn a_body_of_one_frame_is_not_copied() {
    let body = Bytes::from(CALL.to_owned().into_bytes());
    let within = body.as_ptr_range();
    let inner = move |request: Request<Inbound>| {
        let name = request.body().params().and_then(|params| params.get("name")).expect("name");
        assert!(within.contains(&name.as_ptr()));
        plain(request)
    };
    assert_eq!(send(border(inner), post(body)).await.status, 200);
}

#[tokio::test]
async fn data_need_not_be_bytes_and_trailers_are_passed_over() {
    let (head, tail) = CALL.as_bytes().split_at(30);
    let mut body = script([VecDeque::from(head.to_vec()), VecDeque::from(tail.to_vec())]);
    body.0.push_back(Ok(Frame::trailers(HeaderMap::new())));
    assert_eq!(send(border(plain), post("").map(|_| body)).await.status, 200);
    let split = Buf::chain(head, tail);
    let answer = send(border(plain), post("").map(|_| script([split]))).await;
    assert_eq!(answer.status, 200);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn however_a_body_is_cut_it_is_read_or_over_the_limit(
        cuts in prop::collection::vec(0..CALL.len(), 0..8),
        limit in 0..2 * CALL.len(),
    ) {
        // NEG-19
        let mut cuts = cuts;
        cuts.extend([0, CALL.len()]);
        cuts.sort_unstable();
        let frames = cuts.windows(2).map(|cut| Bytes::from_static(&CALL.as_bytes()[cut[0]..cut[1]]));
        let layer = NegotiateLayer::new().with_max_body_bytes(limit);
        let request = post("").map(|_| script(frames.collect::<Vec<_>>()));
        let future = std::pin::pin!(send(layer.layer(Inner(plain)), request));
        let Poll::Ready(answer) = poll_once(future) else { panic!("pending") };
        let expected = if CALL.len() > limit { 413 } else { 200 };
        prop_assert_eq!(answer.status.as_u16(), expected);
    }
}
