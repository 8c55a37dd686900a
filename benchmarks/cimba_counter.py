"""The counter of `impatient_queue` as a cimba model: compiled from this source by cimba."""

import cimba as cb
from cimba import inputs


class Customer(cb.Model):
    """Comes, waits as long as patience lasts, is served."""

    counter: cb.Ref["Counter"]

    @cb.process
    def live(self):  # type: ignore[no-untyped-def]
        """Live from arrival to leaving."""
        came = cb.now()
        cb.this_process().timer_set(self.counter.patience.next(), 7)
        signal = self.counter.staff.acquire(1)
        cb.this_process().timers_clear()
        self.counter.gone.record(1.0 if signal != 0 else 0.0)
        self.counter.waits.record(cb.now() - came)
        if signal == 0:
            cb.hold(self.counter.service.next())
            self.counter.staff.release(1)
        cb.release(self)


class Counter(cb.Model):
    """Three employees, 2.7 arrivals a minute, a minute of service, two of patience."""

    gap: cb.Input[float] = inputs.dist.exponential(mean=1 / 2.7)
    service: cb.Input[float] = inputs.dist.exponential(mean=1.0)
    patience: cb.Input[float] = inputs.dist.exponential(mean=2.0)
    staff: cb.Resource = cb.Resource(capacity=3)
    gone: cb.Dataset
    waits: cb.Dataset
    number: cb.Output[int]
    share_gone: cb.Output[float]
    mean_wait: cb.Output[float]

    @cb.process
    def arrivals(self):  # type: ignore[no-untyped-def]
        """Let customers come."""
        while True:
            cb.hold(self.gap.next())
            cb.spawn(Customer, counter=self)

    @cb.on_end
    def measure(self):  # type: ignore[no-untyped-def]
        """Hand over the figures."""
        self.number = self.gone.sample_count()
        self.share_gone = self.gone.sample_mean()
        self.mean_wait = self.waits.sample_mean()
