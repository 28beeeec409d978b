"""Data that are damaged: exit code 3, the file, what was wanted and what came."""

import gzip

import tiny
from command import DATA, CommandTest


class BadData(CommandTest):
    def setUp(self):
        super().setUp()
        self.images, self.labels = (self.folder / "data" / name for name in tiny.FILES["train"])

    def refused_data(self, *says):
        self.refused(DATA, "run", "tiny.toml", "--out", "out", says=says)

    def pack(self, file, change):
        """Replaces a file by its .gz with changed bytes."""
        packed = file.with_name(file.name + ".gz")
        packed.write_bytes(change(gzip.compress(file.read_bytes())))
        file.unlink()
        return "data/" + packed.name

    def test_missing_files(self):
        for split in tiny.FILES:
            for name in tiny.FILES[split]:
                content = (self.folder / "data" / name).read_bytes()
                (self.folder / "data" / name).unlink()
                self.refused_data("data", name)
                (self.folder / "data" / name).write_bytes(content)

    def test_gzip_cut(self):
        self.refused_data(self.pack(self.images, lambda packed: packed[: len(packed) // 2]))

    def test_gzip_cut_in_its_last_bytes(self):
        self.refused_data(self.pack(self.images, lambda packed: packed[:-4]))

    def test_gzip_with_a_flipped_bit(self):
        def flip(packed):
            middle = len(packed) // 2
            return packed[:middle] + bytes([packed[middle] ^ 1]) + packed[middle + 1 :]

        self.refused_data(self.pack(self.images, flip))

    def test_gzip_with_another_checksum(self):
        self.refused_data(self.pack(self.labels, lambda packed: packed[:-8] + bytes(4) + packed[-4:]))

    def test_whole_gzip_is_read(self):
        self.pack(self.images, lambda packed: packed)
        self.works("check", "tiny.toml")

    def test_count_that_lies(self):
        pixels = self.images.read_bytes()[16:]
        for count, says in (301, "19264 bytes"), (299, "19136 bytes"), (2**26, "19200 bytes are there"):
            self.images.write_bytes(tiny.idx([count, 8, 8], pixels))
            self.refused_data("data/" + self.images.name, says)

    def test_size_that_cannot_be(self):
        for sizes in [2**32 - 1] * 3, [0, 8, 8], [300, 0, 8]:
            self.images.write_bytes(tiny.idx(sizes, b""))
            self.refused_data("data/" + self.images.name, "size")

    def test_wrong_magic(self):
        self.images.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
        self.refused_data("data/" + self.images.name, "0x89504e47", "0x00000803")
        self.images.write_bytes(self.labels.read_bytes())
        self.refused_data("data/" + self.images.name, "0x00000801", "0x00000803")

    def test_ends_in_its_header(self):
        for length in 1, 4, 15:
            self.images.write_bytes(tiny.idx([300, 8, 8], b"")[:length])
            self.refused_data("data/" + self.images.name, "header")

    def test_empty(self):
        self.images.write_bytes(b"")
        self.refused_data("data/" + self.images.name, "empty")

    def test_folder_in_place_of_a_file(self):
        self.images.unlink()
        self.images.mkdir()
        self.refused_data("data/" + self.images.name, "folder")

    def test_counts_differ(self):
        self.labels.write_bytes(tiny.idx([299], self.labels.read_bytes()[8:-1]))
        self.refused_data("data/" + self.labels.name, "299", self.images.name, "300")

    def test_label_out_of_range(self):
        self.labels.write_bytes(self.labels.read_bytes()[:-1] + b"\x0a")
        self.refused_data("data/" + self.labels.name, "sample 299", "label 10", "10 classes")

    def test_splits_of_different_sizes(self):
        images = self.folder / "data" / tiny.FILES["test"][0]
        images.write_bytes(tiny.idx([100, 4, 16], images.read_bytes()[16:]))
        self.refused_data("tiny.toml:4", "1x4x16", "1x8x8")

    def photographs(self):
        """Two classes of photographs; the experiment reads them."""
        for split in "train", "test":
            for name in "left", "right":
                (self.folder / "photos" / split / name).mkdir(parents=True)
                for i in range(40):
                    self.write(f"photos/{split}/{name}/{i}.png", tiny.png(8, 8, (200, 6 * i, 9 * len(name))))
        text = tiny.EXPERIMENT.replace('"idx"\npath = "data"', '"folder"\npath = "photos"\nsize = [4]')
        self.write("tiny.toml", text)

    def test_damaged_photographs(self):
        self.photographs()
        self.write("photos/train/left/7.png", tiny.png(8, 8)[:-20])
        self.write("photos/train/right/bad.jpg", "a text")
        self.refused_data("photos/train/left/7.png", "2 of 81 image files are damaged", "skip")
        told = self.works("check", "tiny.toml", "--set", "data.damaged=skip")
        self.assertIn("warning: 2 of 81 image files are damaged and left out\n", told)
        self.assertIn("right/bad.jpg", told)

    def test_a_class_that_was_not_trained(self):
        self.photographs()
        (self.folder / "photos/train/left").rename(self.folder / "photos/train/middle")
        self.refused_data("photos/test/left", "lack")

    def test_missing_cifar_says_how_to_get_it(self):
        text = tiny.EXPERIMENT.replace('"idx"\npath = "data"', '"cifar"\npath = "cifar-100"')
        self.write("tiny.toml", text)
        self.refused_data("cifar-100: no such folder", "tools/get-data.sh cifar-100")

    def test_folder_without_data(self):
        self.write("m.safetensors", tiny.model())
        (self.folder / "empty").mkdir()
        self.refused(DATA, "evaluate", "m.safetensors", "--data", "empty", says=["empty", "IDX", "CIFAR"])
        self.refused(DATA, "evaluate", "m.safetensors", "--data", "none", says=["none", "no such folder"])

    def test_folder_without_a_run(self):
        self.refused(DATA, "report", "data", says=["data", "record.json"])
        self.refused(DATA, "report", "none", says=["none", "record.json"])
        self.write("data/record.json", '{"schema": 1')
        self.refused(DATA, "report", "data", says="data/record.json")
