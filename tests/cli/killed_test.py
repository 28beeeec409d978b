"""A few kills at random moments; killed_slow.py has many."""

from killed import KilledTest


class Killed(KilledTest):
    def test_a_few_kills_change_nothing(self):
        self.check_kills(least=4, seed=1)
