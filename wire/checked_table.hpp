// Reads FlatBuffers tables out of bytes that nobody has verified, checking each step as it is taken.
//
// Requests come from anybody, and for them this replaces FlatBuffers' own Verifier and accessors:
//   - the work stays in proportion to the message. The Verifier walks shared parts again at each mention: half a
//     megabyte in which 4,000 stages point at one list of 100,000 roles kept it busy for 1.4 s, and 4 MiB can be
//     arranged to take minutes;
//   - a flaw is found at its field and in its command, so it can be named, and the rest of the batch is answered;
//   - values are loaded byte by byte (one instruction where the processor can), so that a frame at an odd address needs
//     no copy.
// What the Verifier accepts, this accepts: same bounds, same alignment within the message, terminated strings.
// Field numbers are the generated ones (fb::Offer::VT_ID and so on), so the schema alone knows them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace tiebreak::wire {

// The message. A view; positions are counted from its first byte.
class Bytes {
public:
    Bytes() = default;
    explicit Bytes(std::span<const std::byte> message) noexcept : data_(message.data()), size_(message.size()) {}

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    [[nodiscard]] bool holds(std::size_t at, std::size_t bytes) const noexcept {
        return bytes <= size_ && at <= size_ - bytes;
    }

    // False, and `value` unchanged, where the value would not lie aligned inside the message.
    template <class T>
    [[nodiscard]] bool load(std::size_t at, T& value) const noexcept {
        if (at % sizeof(T) != 0 || !holds(at, sizeof(T))) return false;
        value = load_inside<T>(at);
        return true;
    }

    // Requires that the value lies inside the message.
    template <class T>
    [[nodiscard]] T load_inside(std::size_t at) const noexcept {
        T value;
        std::memcpy(&value, data_ + at, sizeof(T));
        return value;
    }

    // The place that the offset at `at` leads to, or 0 if that is not inside the message.
    [[nodiscard]] std::size_t follow(std::size_t at) const noexcept {
        std::uint32_t offset = 0;
        if (!load(at, offset) || offset == 0 || offset > 0x7fff'ffff || !holds(at + offset, 1)) return 0;
        return at + offset;
    }

    // The same for an element of a list, where 0 is not refused: the Verifier overlooks it too, and it does no harm.
    [[nodiscard]] std::size_t follow_element(std::size_t at) const noexcept {
        std::uint32_t offset = 0;
        if (!load(at, offset) || !holds(at + offset, 1)) return 0;
        return at + offset;
    }

    // The length-prefixed text at `at`, which must end in a NUL that is not part of it.
    [[nodiscard]] bool text(std::size_t at, std::string_view& value) const noexcept {
        std::uint32_t length = 0;
        if (!load(at, length) || !holds(at + 4, std::size_t{length} + 1)) return false;
        const char* const first = reinterpret_cast<const char*>(data_) + at + 4;
        if (first[length] != '\0') return false;
        value = {first, length};
        return true;
    }

private:
    const std::byte* data_ = nullptr;
    std::size_t size_ = 0;
};

enum class Field : std::uint8_t { absent, present, broken };

class CheckedTable;

// A vector field. Elements lie inside the message; what offsets among them lead to is checked on access.
class CheckedVector {
public:
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    // Requires index < size(), and that the elements are such values.
    [[nodiscard]] std::uint8_t byte(std::size_t index) const noexcept {
        std::uint8_t value = 0;
        return bytes_.load(first_ + index, value) ? value : std::uint8_t{0};
    }
    [[nodiscard]] bool text(std::size_t index, std::string_view& value) const noexcept {
        const std::size_t at = bytes_.follow_element(first_ + 4 * index);
        return at != 0 && bytes_.text(at, value);
    }
    [[nodiscard]] inline bool table(std::size_t index, CheckedTable& value) const noexcept;

private:
    friend class CheckedTable;
    Bytes bytes_;
    std::size_t first_ = 0;
    std::size_t size_ = 0;
};

// A table, by the position of its vtable and its own. A view.
class CheckedTable {
public:
    // Requires position to come from Bytes::follow. False if there can be no table there.
    [[nodiscard]] bool open(const Bytes& bytes, std::size_t position) noexcept {
        std::int32_t back = 0;
        if (!bytes.load(position, back)) return false;
        const std::int64_t vtable = static_cast<std::int64_t>(position) - back;
        if (vtable < 0) return false;
        std::uint16_t vtable_bytes = 0;
        if (!bytes.load(static_cast<std::size_t>(vtable), vtable_bytes) || vtable_bytes % 2 != 0) return false;
        if (!bytes.holds(static_cast<std::size_t>(vtable), vtable_bytes)) return false;
        bytes_ = bytes;
        position_ = position;
        vtable_ = static_cast<std::size_t>(vtable);
        vtable_bytes_ = vtable_bytes;
        return true;
    }

    // Each reads the field of a generated VT_ number. `value` is set only where the answer is `present`.
    template <class T>
    [[nodiscard]] Field scalar(std::uint16_t field, T& value) const noexcept {
        const std::size_t at = place(field);
        if (at == 0) return Field::absent;
        return bytes_.load(at, value) ? Field::present : Field::broken;
    }

    [[nodiscard]] Field text(std::uint16_t field, std::string_view& value) const noexcept {
        const std::size_t at = place(field);
        if (at == 0) return Field::absent;
        const std::size_t target = bytes_.follow(at);
        return target != 0 && bytes_.text(target, value) ? Field::present : Field::broken;
    }

    [[nodiscard]] Field table(std::uint16_t field, CheckedTable& value) const noexcept {
        const std::size_t at = place(field);
        if (at == 0) return Field::absent;
        const std::size_t target = bytes_.follow(at);
        return target != 0 && value.open(bytes_, target) ? Field::present : Field::broken;
    }

    [[nodiscard]] Field vector(std::uint16_t field, std::size_t element_bytes, CheckedVector& value) const noexcept {
        const std::size_t at = place(field);
        if (at == 0) return Field::absent;
        const std::size_t target = bytes_.follow(at);
        std::uint32_t count = 0;
        if (target == 0 || !bytes_.load(target, count)) return Field::broken;
        // 2^32 times at most 8: no overflow.
        if (!bytes_.holds(target + 4, count * element_bytes)) return Field::broken;
        value.bytes_ = bytes_;
        value.first_ = target + 4;
        value.size_ = count;
        return Field::present;
    }

private:
    // Where the field is, or 0 if the table has none.
    [[nodiscard]] std::size_t place(std::uint16_t field) const noexcept {
        if (field + std::size_t{2} > vtable_bytes_) return 0;
        const auto offset = bytes_.load_inside<std::uint16_t>(vtable_ + field);  // open() saw all of the vtable
        return offset == 0 ? 0 : position_ + offset;
    }

    Bytes bytes_;
    std::size_t position_ = 0;
    std::size_t vtable_ = 0;
    std::size_t vtable_bytes_ = 0;
};

inline bool CheckedVector::table(std::size_t index, CheckedTable& value) const noexcept {
    const std::size_t at = bytes_.follow_element(first_ + 4 * index);
    return at != 0 && value.open(bytes_, at);
}

}  // namespace tiebreak::wire
