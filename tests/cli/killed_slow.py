"""Many kills at random moments, also while a checkpoint is written: the outcome is the same bit for bit."""

from killed import KilledTest


class Killed(KilledTest):
    def test_sixty_kills_change_nothing(self):
        self.check_kills(least=60, seed=2)
        self.assertGreater(self.left_unfinished, 5, "too few kills met a write")
