// Turns values into bytes and back by one description of their fields: `fields(archive, value)`. Little-endian, no padding;
// what is written depends on the values alone, so that equal states give equal bytes.
//
// Reading never trusts a length: a text or list that is longer than what is left fails the whole reading. Nor a word: an enum has a
// `last_word(Enum)` beside its values' fields, and what is beyond it fails too.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace tiebreak::matching {

class ByteWriter {
public:
    static constexpr bool reading = false;
    explicit ByteWriter(std::string& out) : out_(out) {}

    void bytes(const void* from, std::size_t size) { out_.append(static_cast<const char*>(from), size); }
    [[nodiscard]] bool ok() const noexcept { return true; }

private:
    std::string& out_;
};

class ByteReader {
public:
    static constexpr bool reading = true;
    explicit ByteReader(std::string_view in) : in_(in) {}

    void bytes(void* to, std::size_t size) {
        if (size > in_.size()) return fail();
        if (size == 0) return;  // there may be nothing to point to
        std::memcpy(to, in_.data(), size);
        in_.remove_prefix(size);
    }
    [[nodiscard]] std::size_t left() const noexcept { return in_.size(); }
    [[nodiscard]] bool ok() const noexcept { return ok_; }
    void fail() noexcept {
        ok_ = false;
        in_ = {};
    }

private:
    std::string_view in_;
    bool ok_ = true;
};

template <typename Archive, typename... Values>
void archive(Archive& ar, Values&... values);

namespace archiving {

template <typename Archive, typename Value>
    requires std::integral<Value> || std::is_enum_v<Value>
void one(Archive& ar, Value& value) {
    static_assert(std::endian::native == std::endian::little);
    if constexpr (std::same_as<Value, bool>) {
        auto byte = static_cast<std::uint8_t>(value);
        ar.bytes(&byte, 1);
        if (byte > 1) {
            if constexpr (Archive::reading) ar.fail();
            byte = 0;
        }
        value = byte != 0;
    } else {
        ar.bytes(&value, sizeof value);
        if constexpr (std::is_enum_v<Value> && Archive::reading) {
            if (value <= last_word(value)) return;
            ar.fail();
            value = Value{};
        }
    }
}

// How many elements follow; each takes at least one byte.
template <typename Archive>
std::uint64_t size_of(Archive& ar, std::uint64_t size) {
    one(ar, size);
    if constexpr (Archive::reading) {
        if (!ar.ok() || size > ar.left()) {
            ar.fail();
            return 0;
        }
    }
    return size;
}

template <typename Archive>
void one(Archive& ar, std::string& text) {
    const auto size = size_of(ar, text.size());
    if constexpr (Archive::reading) text.resize(size);
    ar.bytes(text.data(), size);
}

template <typename Archive, typename Value>
void one(Archive& ar, std::optional<Value>& value) {
    bool there = value.has_value();
    one(ar, there);
    if constexpr (Archive::reading) {
        value.reset();
        if (there) value.emplace();
    }
    if (there) archive(ar, *value);
}

template <typename Archive, typename Value>
void one(Archive& ar, std::vector<Value>& values) {
    const auto size = size_of(ar, values.size());
    if constexpr (Archive::reading) {
        values.clear();
        for (std::uint64_t i = 0; i < size && ar.ok(); ++i) archive(ar, values.emplace_back());
    } else {
        for (Value& value : values) archive(ar, value);
    }
}

template <typename Archive, typename Value, std::size_t size>
void one(Archive& ar, std::array<Value, size>& values) {
    for (Value& value : values) archive(ar, value);
}

template <typename Archive, typename First, typename Second>
void one(Archive& ar, std::pair<First, Second>& values) {
    archive(ar, values.first, values.second);
}

// Anything else says itself which fields it has.
template <typename Archive, typename Value>
    requires requires(Archive& ar, Value& value) { fields(ar, value); }
void one(Archive& ar, Value& value) {
    fields(ar, value);
}

}  // namespace archiving

template <typename Archive, typename... Values>
void archive(Archive& ar, Values&... values) {
    (archiving::one(ar, values), ...);
}

}  // namespace tiebreak::matching
