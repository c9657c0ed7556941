#include "daemon/state_hash.hpp"

#include <cstdint>
#include <memory>

#include <openssl/evp.h>

#include "matching/invariant.hpp"

namespace tiebreak::daemon {

StateHash state_hash(std::string_view engine, std::string_view topics) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    bool good = context != nullptr && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
    for (const std::string_view part : {engine, topics}) {
        const std::uint64_t bytes = part.size();
        good = good && EVP_DigestUpdate(context.get(), &bytes, sizeof bytes) == 1 &&
               EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
    }
    StateHash hash{};
    unsigned int size = 0;
    good = good && EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(hash.data()), &size) == 1;
    TIEBREAK_INVARIANT(good && size == hash.size(), "SHA-256 is always to be had");
    return hash;
}

std::string text_of(const StateHash& hash) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const std::byte byte : hash) {
        text += digits[std::to_integer<unsigned>(byte) >> 4U];
        text += digits[std::to_integer<unsigned>(byte) & 15U];
    }
    return text;
}

}  // namespace tiebreak::daemon
