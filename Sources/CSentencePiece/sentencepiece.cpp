#include "CSentencePiece.h"

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

using sentencepiece::SentencePieceProcessor;
using sentencepiece::SentencePieceTrainer;

struct csp_model {
    SentencePieceProcessor processor;
};

namespace {

// Copies bytes for a C caller; the extra zero makes strings printable and an empty array distinct from NULL.
void *copy(const void *bytes, size_t size) {
    char *result = static_cast<char *>(std::malloc(size + 1));
    if (result == nullptr) return nullptr;
    if (size > 0) std::memcpy(result, bytes, size);
    result[size] = 0;
    return result;
}

void report(std::string_view message, char **error) {
    *error = static_cast<char *>(copy(message.data(), message.size()));
}

// Runs `body`, which returns a result or throws; whatever it throws becomes a message.
template <typename Body>
auto guarded(char **error, Body body) -> decltype(body()) {
    *error = nullptr;
    try {
        auto result = body();
        if (result == nullptr && *error == nullptr) report("out of memory", error);
        return result;
    } catch (const std::exception &exception) {
        report(exception.what(), error);
    } catch (...) {
        report("unknown failure in libsentencepiece", error);
    }
    return nullptr;
}

bool contains(const csp_model *model, int32_t id) {
    return id >= 0 && id < model->processor.GetPieceSize();
}

// Hands the sentences to the trainer one at a time.
class Sentences final : public sentencepiece::SentenceIterator {
   public:
    Sentences(const char *text, const size_t *ends, size_t count) : text_(text), ends_(ends), count_(count) { read(); }
    bool done() const override { return next_ >= count_; }
    void Next() override {
        ++next_;
        read();
    }
    const std::string &value() const override { return value_; }
    sentencepiece::util::Status status() const override { return sentencepiece::util::Status(); }

   private:
    void read() {
        if (done()) return;
        const size_t start = next_ == 0 ? 0 : ends_[next_ - 1];
        value_.assign(text_ + start, ends_[next_] - start);
    }

    const char *text_;
    const size_t *ends_;
    size_t count_;
    size_t next_ = 0;
    std::string value_;
};

// The library leaves out longer sentences without an error, so the limit follows the text.
size_t longest(const size_t *ends, size_t count) {
    size_t result = 4192;
    for (size_t i = 0; i < count; ++i) result = std::max(result, ends[i] - (i == 0 ? 0 : ends[i - 1]));
    return result;
}

}  // namespace

csp_model *csp_load(const void *bytes, size_t length, char **error) {
    return guarded(error, [&]() -> csp_model * {
        auto model = std::make_unique<csp_model>();
        const auto status =
            model->processor.LoadFromSerializedProto(std::string_view(static_cast<const char *>(bytes), length));
        if (!status.ok()) {
            report(status.error_message(), error);
            return nullptr;
        }
        return model.release();
    });
}

void csp_free(csp_model *model) { delete model; }

int32_t csp_size(const csp_model *model) { return model->processor.GetPieceSize(); }

const char *csp_piece(const csp_model *model, int32_t id, size_t *length) {
    *length = 0;
    if (!contains(model, id)) return nullptr;
    const std::string &piece = model->processor.IdToPiece(id);
    *length = piece.size();
    return piece.data();
}

float csp_score(const csp_model *model, int32_t id) {
    return contains(model, id) ? model->processor.GetScore(id) : 0;
}

csp_kind csp_piece_kind(const csp_model *model, int32_t id) {
    const auto &processor = model->processor;
    if (!contains(model, id) || processor.IsUnused(id)) return csp_kind_unused;
    if (processor.IsUnknown(id)) return csp_kind_unknown;
    if (processor.IsControl(id)) return csp_kind_control;
    return processor.IsByte(id) ? csp_kind_byte : csp_kind_text;
}

int32_t csp_id(const csp_model *model, const char *piece, size_t length) {
    const std::string_view text(piece, length);
    const int32_t id = model->processor.PieceToId(text);
    // The library answers the unknown id for what it does not have.
    return contains(model, id) && model->processor.IdToPiece(id) == text ? id : -1;
}

int32_t csp_unknown_id(const csp_model *model) { return model->processor.unk_id(); }
int32_t csp_begin_id(const csp_model *model) { return model->processor.bos_id(); }
int32_t csp_end_id(const csp_model *model) { return model->processor.eos_id(); }
int32_t csp_pad_id(const csp_model *model) { return model->processor.pad_id(); }

int32_t *csp_encode(const csp_model *model, const char *text, size_t length, size_t *count, char **error) {
    *count = 0;
    return guarded(error, [&]() -> int32_t * {
        std::vector<int> ids;
        const auto status = model->processor.Encode(std::string_view(text, length), &ids);
        if (!status.ok()) {
            report(status.error_message(), error);
            return nullptr;
        }
        *count = ids.size();
        return static_cast<int32_t *>(copy(ids.data(), ids.size() * sizeof(int32_t)));
    });
}

char *csp_decode(const csp_model *model, const int32_t *ids, size_t count, size_t *length, char **error) {
    *length = 0;
    return guarded(error, [&]() -> char * {
        std::string text;
        for (size_t i = 0; i < count; ++i) {
            if (contains(model, ids[i])) continue;
            report("id " + std::to_string(ids[i]) + " is outside the vocabulary", error);
            return nullptr;
        }
        const auto status = model->processor.Decode(std::vector<int>(ids, ids + count), &text);
        if (!status.ok()) {
            report(status.error_message(), error);
            return nullptr;
        }
        *length = text.size();
        return static_cast<char *>(copy(text.data(), text.size()));
    });
}

void *csp_train(
    const char *text, const size_t *ends, size_t count, int32_t vocabulary_size, size_t *length, char **error) {
    *length = 0;
    return guarded(error, [&]() -> void * {
        Sentences sentences(text, ends, count);
        const std::unordered_map<std::string, std::string> settings = {
            {"model_type", "unigram"},
            {"vocab_size", std::to_string(vocabulary_size)},
            {"hard_vocab_limit", "false"},
            {"pad_id", "0"},
            {"eos_id", "1"},
            {"unk_id", "2"},
            {"bos_id", "-1"},
            {"byte_fallback", "false"},
            {"character_coverage", "1.0"},
            {"normalization_rule_name", "nmt_nfkc"},
            // One thread: sums come in one order, so the vocabulary is the same on every machine.
            {"num_threads", "1"},
            {"max_sentence_length", std::to_string(longest(ends, count))},
            // Above the level of the library's errors, which arrive as a status.
            {"minloglevel", "3"},
        };
        std::string model;
        const auto status = SentencePieceTrainer::Train(settings, &sentences, &model);
        if (!status.ok()) {
            report(status.error_message(), error);
            return nullptr;
        }
        *length = model.size();
        return copy(model.data(), model.size());
    });
}
