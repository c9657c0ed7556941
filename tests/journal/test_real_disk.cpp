#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "daemon/journal_verify.hpp"
#include "tests/catch.hpp"
#include "tests/journal/fixture.hpp"
#include "tests/temporary_directory.hpp"

using namespace tiebreak;
using namespace tiebreak::daemon;
using namespace tiebreak::tests;

TEST_CASE("on the real disk a journal is written, closed, read and written on") {
    const TemporaryDirectory temporary;
    const path directory = temporary.path() / "a" / "b" / "data";  // parents are made
    Listener listener;
    for (int life = 0; life < 3; ++life) {
        auto journal = Journal::open(real_disk(), directory, small_options());
        REQUIRE(journal.has_value());
        CHECK((*journal)->last_position() == static_cast<std::uint64_t>(life) * 100);
        auto commit = GroupCommit::open(std::move(*journal), listener);
        REQUIRE(commit.has_value());
        for (int i = 0; i < 100; ++i) {
            const std::string payload = "a payload of some length " + std::to_string(i);
            REQUIRE((*commit)->append(RecordKind::commands, i, bytes_of(payload)));
            if (i % 10 == 0) REQUIRE((*commit)->commit_once());
        }
        REQUIRE_FALSE((*commit)->flush_and_stop());
        CHECK((*commit)->counters().journal.disk_free_bytes > 0);
    }
    const auto reading = read_everything(real_disk(), directory);
    CHECK_FALSE(reading.fault);
    CHECK(reading.records.size() == 300);
    CHECK(reading.tail.proven);
}

TEST_CASE("a second daemon on the same data is refused, with the pid of the first") {
    const TemporaryDirectory temporary;
    auto first = Journal::open(real_disk(), temporary.path(), small_options());
    REQUIRE(first.has_value());
    auto second = Journal::open(real_disk(), temporary.path(), small_options());
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().kind == FaultKind::in_use);
    CHECK_THAT(second.error().sentence, Catch::Contains("pid " + std::to_string(::getpid())));
    first->reset();
    CHECK(Journal::open(real_disk(), temporary.path(), small_options()).has_value());
}

TEST_CASE("a lock file that a dead daemon has left holds nobody up") {
    const TemporaryDirectory temporary;
    std::ofstream(temporary.path() / "lock") << "999999999999\n";
    CHECK(Journal::open(real_disk(), temporary.path(), small_options()).has_value());
}

TEST_CASE("a directory that cannot be one is said in a sentence") {
    const TemporaryDirectory temporary;
    const path file = temporary.path() / "file";
    std::ofstream(file) << "not a directory";
    for (const path& directory : {file, file / "below"}) {
        const auto journal = Journal::open(real_disk(), directory, small_options());
        REQUIRE_FALSE(journal.has_value());
        CHECK(journal.error().kind == FaultKind::disk);
        CHECK_THAT(journal.error().sentence, Catch::Contains(directory.string()));
    }
    const auto report = verify_journal(real_disk(), temporary.path() / "nowhere");
    REQUIRE(report.damage);
    CHECK(report.damage->kind == FaultKind::disk);
}

TEST_CASE("a file that only looks like a segment stops the start") {
    const TemporaryDirectory temporary;
    std::ofstream(temporary.path() / segment_name(1)) << std::string(8192, 'x');
    const auto journal = Journal::open(real_disk(), temporary.path(), small_options());
    REQUIRE_FALSE(journal.has_value());
    CHECK(journal.error().kind == FaultKind::damaged);
    CHECK(journal.error().segment == segment_name(1));
}

TEST_CASE("the real disk never renames onto a file that exists, nor creates one that does") {
    const TemporaryDirectory temporary;
    const path a = temporary.path() / "a";
    const path b = temporary.path() / "b";
    REQUIRE(real_disk().open(a, Disk::Open::create).has_value());
    REQUIRE(real_disk().open(b, Disk::Open::create).has_value());
    CHECK(real_disk().rename(a, b) == std::errc::file_exists);
    CHECK_FALSE(real_disk().open(a, Disk::Open::create).has_value());
    CHECK(*real_disk().list(temporary.path()) == std::vector<std::string>{"a", "b"});
}
