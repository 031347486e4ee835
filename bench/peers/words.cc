// Two ways to count words by the rule `ascii`, for bench/peers/words to hold word_count against:
//
//     words table|map FILE      prints seconds, words, distinct words; the file is read before
//
// `table` is what the fastest published programs for this job do: one pass that lower-cases and
// hashes byte by byte, open addressing, comparison by memcmp. `map` is std::unordered_map of
// std::string.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <unordered_map>
#include <vector>

namespace
{

bool is_space(unsigned char byte)
{
    return byte == ' ' || (byte >= 9 && byte <= 13);
}

unsigned char lower(unsigned char byte)
{
    return byte >= 'A' && byte <= 'Z' ? static_cast<unsigned char>(byte + 32) : byte;
}

struct answer {
    uint64_t words, distinct;
};

struct entry {
    const char *word;
    size_t bytes;
    uint64_t hash, count;
};

struct table {
    std::vector<entry> entries = std::vector<entry>(1 << 17);
    uint64_t used = 0;

    entry &find(const char *word, size_t bytes, uint64_t hash)
    {
        size_t place = hash & (entries.size() - 1);
        for (;; place = (place + 1) & (entries.size() - 1)) {
            entry &at = entries[place];
            if (at.count == 0 ||
                (at.hash == hash && at.bytes == bytes && memcmp(at.word, word, bytes) == 0))
                return at;
        }
    }

    void grow()
    {
        std::vector<entry> old(entries.size() * 2);
        old.swap(entries);
        for (const entry &e : old)
            if (e.count != 0)
                find(e.word, e.bytes, e.hash) = e;
    }
};

// Lower-cases in place, so that words are compared as they stand.
answer count_by_table(std::string &text)
{
    table words;
    uint64_t total = 0;
    char *next = text.data(), *const end = next + text.size();
    while (next != end) {
        if (is_space(static_cast<unsigned char>(*next))) {
            next++;
            continue;
        }
        const char *word = next;
        uint64_t hash = 0xCBF29CE484222325u;
        for (; next != end && !is_space(static_cast<unsigned char>(*next)); next++) {
            const unsigned char byte = lower(static_cast<unsigned char>(*next));
            *next = static_cast<char>(byte);
            hash = (hash ^ byte) * 0x100000001B3u;
        }
        const size_t bytes = static_cast<size_t>(next - word);
        entry &found = words.find(word, bytes, hash);
        total++;
        if (found.count++ == 0) {
            found = {word, bytes, hash, 1};
            if (++words.used > words.entries.size() / 2)
                words.grow();
        }
    }
    return {total, words.used};
}

answer count_by_map(const std::string &text)
{
    std::unordered_map<std::string, uint64_t> counts;
    std::string word;
    uint64_t total = 0;
    for (size_t i = 0; i <= text.size(); i++) {
        const unsigned char byte = i < text.size() ? static_cast<unsigned char>(text[i]) : ' ';
        if (!is_space(byte)) {
            word.push_back(static_cast<char>(lower(byte)));
        } else if (!word.empty()) {
            counts[word]++;
            total++;
            word.clear();
        }
    }
    return {total, counts.size()};
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 3 || (strcmp(argv[1], "table") != 0 && strcmp(argv[1], "map") != 0)) {
        fprintf(stderr, "usage: words table|map FILE\n");
        return 2;
    }
    std::ifstream file(argv[2], std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file) {
        fprintf(stderr, "words: cannot read %s\n", argv[2]);
        return 1;
    }
    const auto begin = std::chrono::steady_clock::now();
    const answer found = strcmp(argv[1], "table") == 0 ? count_by_table(text) : count_by_map(text);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    printf("%.9f %llu %llu\n", taken.count(), static_cast<unsigned long long>(found.words),
           static_cast<unsigned long long>(found.distinct));
    return 0;
}
