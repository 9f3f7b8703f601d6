//! Gradings beside each other. Many of them wait for a limit and use no CPU time meanwhile.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// `work` on each of `items`, on one thread for each CPU and at least two: limits of elapsed time apply as well, so more
/// threads could change a grade. The results are in the order of the items.
///
/// # Panics
/// If `work` panics.
pub fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, usize::from).max(2);
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        while let Some((at, item)) = take(items, &next) {
            done.push((at, work(item)));
        }
        done
    };
    let mut done: Vec<(usize, R)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.min(items.len())).map(|_| scope.spawn(worker)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("no panic in a thread"))
            .collect()
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// The next item that no other thread has taken.
fn take<'a, T>(items: &'a [T], next: &AtomicUsize) -> Option<(usize, &'a T)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    items.get(at).map(|item| (at, item))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;

    #[test]
    fn results_are_in_the_order_of_the_items() {
        let items: Vec<u32> = (0..100).collect();
        assert_eq!(map(&items, |item| item * 2), (0..200).step_by(2).collect::<Vec<_>>());
        assert!(map(&items[..0], |item| *item).is_empty());
    }

    /// On one thread, the first item would wait for ever.
    #[test]
    fn items_are_worked_on_beside_each_other() {
        let both = Barrier::new(2);
        map(&[(), ()], |()| both.wait());
    }

    #[test]
    #[should_panic(expected = "no panic in a thread")]
    fn a_panic_is_passed_on() {
        map(&[1], |item| assert_eq!(*item, 2));
    }
}
