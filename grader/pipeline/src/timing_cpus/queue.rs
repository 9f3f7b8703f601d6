//! The order in which claims get CPUs. Plain data: it knows no threads and never waits.

/// What a measurement needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CpuNeed {
    /// CPUs of its own: no other measurement runs there meanwhile.
    pub cpus: usize,
    /// Whether no other measurement may run at all, nor any work of ours on its CPUs: for elapsed time.
    /// CPU time bears neighbours.
    pub exclusive: bool,
}

/// What somebody waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CpuClaim {
    /// To measure.
    Measure(CpuNeed),
    /// To build and judge, on any CPU: only an exclusive measurement on all of them keeps it waiting.
    Work,
}

/// The place of a claim in the queue.
pub type QueueTicket = u64;

/// The CPUs, who holds them, and who waits for them in which order.
#[derive(Debug)]
pub struct CpuQueue {
    cpus: Vec<usize>,
    /// So many CPUs may be measured on at once: fewer than there are if a quota says so.
    at_once: usize,
    /// CPUs of the measurements that run.
    taken: Vec<usize>,
    is_exclusive: bool,
    working: usize,
    waiting: Vec<(QueueTicket, CpuClaim)>,
    next: QueueTicket,
}

impl CpuQueue {
    /// An empty queue: all CPUs are free, and no claim waits.
    pub fn new(cpus: Vec<usize>, at_once: usize) -> Self {
        let at_once = at_once.clamp(1, cpus.len().max(1));
        Self {
            cpus,
            at_once,
            taken: Vec::new(),
            is_exclusive: false,
            working: 0,
            waiting: Vec::new(),
            next: 0,
        }
    }

    /// Adds a claim at the end of the queue. The caller has to ask [`CpuQueue::admit`] until it is granted.
    pub fn enter(&mut self, claim: CpuClaim) -> QueueTicket {
        let ticket = self.next;
        self.next += 1;
        self.waiting.push((ticket, claim));
        ticket
    }

    /// Grants a claim if it is its turn: the CPUs of a measurement, `preferred` ones first and the last of
    /// them, none for work. `None`: it has to wait on.
    pub fn admit(&mut self, ticket: QueueTicket, preferred: &[usize]) -> Option<Vec<usize>> {
        let at = self.waiting.iter().position(|(other, _)| *other == ticket)?;
        let (earlier, rest) = self.waiting.split_at(at);
        let claim = rest.first()?.1;
        if earlier.iter().any(|(_, other)| self.conflict(claim, *other)) {
            return None;
        }
        let granted = match claim {
            CpuClaim::Work if self.is_exclusive && self.taken.len() == self.cpus.len() => {
                return None;
            }
            CpuClaim::Work => {
                self.working += 1;
                Vec::new()
            }
            CpuClaim::Measure(need) => self.cpus_for(need, preferred)?,
        };
        self.is_exclusive |= matches!(claim, CpuClaim::Measure(CpuNeed { exclusive: true, .. }));
        self.taken.extend(&granted);
        self.waiting.remove(at);
        Some(granted)
    }

    /// Gives back what was granted.
    pub fn leave(&mut self, claim: CpuClaim, granted: &[usize]) {
        match claim {
            CpuClaim::Work => self.working -= 1,
            CpuClaim::Measure(need) => {
                self.taken.retain(|cpu| !granted.contains(cpu));
                self.is_exclusive &= !need.exclusive;
            }
        }
    }

    /// Whether the later of two claims has to wait for the earlier one. Where they do not conflict, waiting
    /// would only cost time.
    fn conflict(&self, one: CpuClaim, other: CpuClaim) -> bool {
        match (one, other) {
            (CpuClaim::Work, CpuClaim::Work) => false,
            (CpuClaim::Measure(_), CpuClaim::Measure(_)) => true,
            (CpuClaim::Work, CpuClaim::Measure(need))
            | (CpuClaim::Measure(need), CpuClaim::Work) => self.excludes_work(need),
        }
    }

    fn excludes_work(&self, need: CpuNeed) -> bool {
        need.exclusive && need.cpus >= self.cpus.len()
    }

    fn cpus_for(&self, need: CpuNeed, preferred: &[usize]) -> Option<Vec<usize>> {
        if self.is_exclusive || (self.excludes_work(need) && self.working > 0) {
            return None;
        }
        let measured = self.taken.len();
        // An exclusive one has the same CPUs each time: those that the workers of a class leave free.
        if need.exclusive {
            return (measured == 0).then(|| self.cpus[self.cpus.len() - need.cpus..].to_vec());
        }
        if measured > 0 && measured + need.cpus > self.at_once {
            return None;
        }
        let is_preferred = |cpu: &usize| preferred.contains(cpu);
        let free = self.cpus.iter().rev().filter(|cpu| !self.taken.contains(cpu));
        let (mut chosen, others): (Vec<usize>, Vec<usize>) =
            free.partition(|cpu| is_preferred(cpu));
        chosen.extend(others);
        chosen.truncate(need.cpus);
        chosen.sort_unstable();
        (chosen.len() == need.cpus).then_some(chosen)
    }

    /// Claims that are not granted yet.
    #[cfg(test)]
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Whether nobody holds anything.
    #[cfg(test)]
    pub fn is_idle(&self) -> bool {
        self.taken.is_empty() && self.working == 0 && !self.is_exclusive
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: CpuClaim = CpuClaim::Measure(CpuNeed { cpus: 1, exclusive: false });
    const TWO: CpuClaim = CpuClaim::Measure(CpuNeed { cpus: 2, exclusive: false });
    const ALONE: CpuClaim = CpuClaim::Measure(CpuNeed { cpus: 2, exclusive: true });

    fn queue() -> CpuQueue {
        CpuQueue::new(vec![2, 3, 5, 7], 4)
    }

    /// Asks for `claim`, where nothing is preferred.
    fn ask(queue: &mut CpuQueue, claim: CpuClaim) -> (QueueTicket, Option<Vec<usize>>) {
        let ticket = queue.enter(claim);
        (ticket, queue.admit(ticket, &[]))
    }

    fn granted(queue: &mut CpuQueue, claim: CpuClaim) -> Vec<usize> {
        ask(queue, claim).1.expect("it is free")
    }

    #[test]
    fn each_measurement_has_cpus_of_its_own_until_there_are_no_more() {
        let mut queue = queue();
        assert_eq!(granted(&mut queue, ONE), [7]);
        assert_eq!(granted(&mut queue, TWO), [3, 5]);
        assert_eq!(granted(&mut queue, ONE), [2]);
        let (last, none) = ask(&mut queue, ONE);
        assert_eq!(none, None);
        queue.leave(TWO, &[3, 5]);
        assert_eq!(queue.admit(last, &[]), Some(vec![5]));
    }

    #[test]
    fn the_callers_own_cpus_come_first() {
        let mut queue = queue();
        let ticket = queue.enter(ONE);
        assert_eq!(queue.admit(ticket, &[2, 3]), Some(vec![3]));
        let ticket = queue.enter(TWO);
        assert_eq!(queue.admit(ticket, &[3, 2]), Some(vec![2, 7]), "3 is taken");
    }

    #[test]
    fn a_quota_allows_fewer_at_once_and_always_one() {
        let mut queue = CpuQueue::new(vec![0, 1, 2, 3], 2);
        granted(&mut queue, ONE);
        granted(&mut queue, ONE);
        let (third, none) = ask(&mut queue, ONE);
        assert_eq!(none, None);
        queue.leave(ONE, &[3]);
        assert!(queue.admit(third, &[]).is_some());
        let mut narrow = CpuQueue::new(vec![0, 1], 1);
        assert_eq!(granted(&mut narrow, TWO), [0, 1], "alone, it may be wider than the quota");
    }

    #[test]
    fn an_exclusive_measurement_waits_for_the_others_and_then_is_alone() {
        let mut queue = queue();
        let first = granted(&mut queue, ONE);
        let second = granted(&mut queue, ONE);
        let (alone, none) = ask(&mut queue, ALONE);
        assert_eq!(none, None);
        queue.leave(ONE, &first);
        assert_eq!(queue.admit(alone, &[]), None, "one still measures");
        queue.leave(ONE, &second);
        assert_eq!(queue.admit(alone, &[2]), Some(vec![5, 7]));
        let (later, none) = ask(&mut queue, ONE);
        assert_eq!(none, None, "though two CPUs are free");
        queue.leave(ALONE, &[5, 7]);
        assert!(queue.admit(later, &[]).is_some());
    }

    /// However many short measurements come and go, one that waits for all of them has its turn.
    #[test]
    fn who_comes_after_a_waiting_exclusive_one_waits_behind_it() {
        let mut queue = queue();
        let first = granted(&mut queue, ONE);
        let alone = queue.enter(ALONE);
        let later = queue.enter(ONE);
        assert_eq!(queue.admit(later, &[]), None, "CPUs are free, and it is not its turn");
        queue.leave(ONE, &first);
        assert_eq!(queue.admit(later, &[]), None);
        let cpus = queue.admit(alone, &[]).expect("its turn");
        let again = queue.enter(ALONE);
        queue.leave(ALONE, &cpus);
        assert_eq!(queue.admit(again, &[]), None, "nor do exclusive ones starve the others");
        assert!(queue.admit(later, &[]).is_some());
    }

    #[test]
    fn a_wide_measurement_is_not_overtaken_by_narrow_ones() {
        let mut queue = CpuQueue::new(vec![0, 1], 2);
        let first = granted(&mut queue, ONE);
        let wide = queue.enter(TWO);
        let (narrow, none) = ask(&mut queue, ONE);
        assert_eq!(none, None);
        queue.leave(ONE, &first);
        assert_eq!(queue.admit(narrow, &[]), None);
        assert_eq!(queue.admit(wide, &[]), Some(vec![0, 1]));
    }

    #[test]
    fn work_stops_only_for_an_exclusive_measurement_on_every_cpu() {
        let mut queue = CpuQueue::new(vec![0, 1], 2);
        granted(&mut queue, CpuClaim::Work);
        granted(&mut queue, ONE);
        queue.leave(ONE, &[1]);
        let (alone, none) = ask(&mut queue, ALONE);
        assert_eq!(none, None, "somebody works");
        let (work, none) = ask(&mut queue, CpuClaim::Work);
        assert_eq!(none, None, "the measurement came first");
        queue.leave(CpuClaim::Work, &[]);
        assert_eq!(queue.admit(alone, &[]), Some(vec![0, 1]));
        assert_eq!(queue.admit(work, &[]), None);
        queue.leave(ALONE, &[0, 1]);
        assert!(queue.admit(work, &[]).is_some());

        let mut wide = CpuQueue::new(vec![0, 1, 2], 3);
        granted(&mut wide, CpuClaim::Work);
        assert_eq!(granted(&mut wide, ALONE), [1, 2], "there is room for both");
        granted(&mut wide, CpuClaim::Work);
    }

    #[test]
    fn work_does_not_wait_behind_a_measurement_that_has_no_cpu_yet() {
        let mut queue = CpuQueue::new(vec![0], 1);
        granted(&mut queue, ONE);
        assert_eq!(ask(&mut queue, ONE).1, None);
        granted(&mut queue, CpuClaim::Work);
        assert_eq!(queue.waiting(), 1);
    }
}
