// A small C face of libsentencepiece: models are read from memory, sentences come from memory, and every failure is
// a string. No C++ exception and no log line leaves these functions.
//
// Conventions: texts are UTF-8 with an explicit length and need no terminating zero. A function that takes `error`
// returns NULL on failure and sets `*error` to a message that the caller releases with `free`; on success `*error`
// is NULL. Arrays and strings that are returned belong to the caller (`free`), except where it says otherwise.

#ifndef GRACE_CSENTENCEPIECE_H
#define GRACE_CSENTENCEPIECE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A loaded vocabulary. It does not change after loading, so threads may share it.
typedef struct csp_model csp_model;

/// What a piece stands for.
typedef enum {
    csp_kind_text = 0,
    csp_kind_unknown = 1,
    csp_kind_control = 2,
    csp_kind_unused = 3,
    csp_kind_byte = 4
} csp_kind;

/// Reads a serialised model (the bytes of a `spiece.model`).
csp_model *csp_load(const void *bytes, size_t length, char **error);

/// Releases a model; NULL is allowed.
void csp_free(csp_model *model);

/// Number of pieces.
int32_t csp_size(const csp_model *model);

/// Text of a piece, owned by the model; NULL for an id outside the vocabulary.
const char *csp_piece(const csp_model *model, int32_t id, size_t *length);

/// Score (log probability) of a piece; 0 for an id outside the vocabulary.
float csp_score(const csp_model *model, int32_t id);

/// What the piece stands for; `csp_kind_unused` for an id outside the vocabulary.
csp_kind csp_piece_kind(const csp_model *model, int32_t id);

/// Id of a piece, or -1 when the vocabulary does not have it.
int32_t csp_id(const csp_model *model, const char *piece, size_t length);

/// Ids of the special pieces, or -1 where the model has none.
int32_t csp_unknown_id(const csp_model *model);
int32_t csp_begin_id(const csp_model *model);
int32_t csp_end_id(const csp_model *model);
int32_t csp_pad_id(const csp_model *model);

/// Ids of a text as the library itself segments it, no special piece added.
int32_t *csp_encode(const csp_model *model, const char *text, size_t length, size_t *count, char **error);

/// Text of ids as the library itself joins it. Ids outside the vocabulary are an error.
char *csp_decode(const csp_model *model, const int32_t *ids, size_t count, size_t *length, char **error);

/// Trains a unigram vocabulary with T5's settings: `<pad>` 0, `</s>` 1, `<unk>` 2, no begin piece, no byte fallback,
/// every character kept, nmt_nfkc normalisation, one thread. Sentence i is `text[ends[i - 1] ..< ends[i]]`.
/// The vocabulary comes out smaller than asked for when the text does not support more pieces.
/// Returns the serialised model.
void *csp_train(
    const char *text, const size_t *ends, size_t count, int32_t vocabulary_size, size_t *length, char **error);

#ifdef __cplusplus
}
#endif

#endif
