/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joulecast for C, and for every language that calls C: forecasts the energy of a deep-learning
 * model from its configuration. Link with -ljoulecast (pkg-config joulecast).
 *
 * The ABI is stable: a function is never changed or taken away in libjoulecast.so.1, and structures
 * are opaque.
 *
 * Ownership. What a *_open, *_load or jc_estimate_* function returns through its last argument
 * belongs to the caller, who ends it with the matching *_close; closing NULL does nothing. Texts
 * belong to the object that they come from, and are valid until it is closed. An estimate does not
 * need its model or device any more.
 *
 * Errors. Functions that can fail return a jc_status. After anything but JC_OK, jc_last_error()
 * says in one line what was tried, on what, why it failed and what to do; nothing was returned, and
 * the target of the last argument is unchanged.
 *
 * Threads. Objects may be read by several threads at a time; jc_model_bind and jc_model_set_batch
 * need the model for themselves. jc_last_error() is the calling thread's own.
 *
 * Texts are UTF-8; amounts are SI (joules, seconds); 1 MAC = 2 FLOPs.
 */
#ifndef JOULECAST_JOULECAST_H_
#define JOULECAST_JOULECAST_H_

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define JC_API __attribute__((visibility("default")))
#else
#define JC_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef enum jc_status {
  JC_OK = 0,
  JC_USAGE = 2,      /* the caller asked for something that does not exist or cannot be */
  JC_INPUT = 3,      /* a file or a specification is not what it claims to be */
  JC_DEVICE = 4,     /* no such device */
  JC_PERMISSION = 5, /* it exists, but this user may not use it */
  JC_MEMORY = 6,     /* out of memory */
  JC_INTERNAL = 7    /* a mistake of Joulecast's: please report it */
} jc_status;

/* On what evidence the forecast of a layer stands. */
typedef enum jc_coverage {
  JC_FITTED = 0,   /* this layer type was measured on the device */
  JC_FALLBACK = 1, /* it was not: a measured relative, or generic costs */
  JC_FREE = 2,     /* a view: nothing to do */
  JC_UNKNOWN = 3   /* an operator that is not known: only its tensors' traffic is counted */
} jc_coverage;

typedef struct jc_device jc_device;
typedef struct jc_model jc_model;
typedef struct jc_estimate jc_estimate;

/* "0.1.0" */
JC_API const char* jc_version(void);
/* Version of the meaning of layers and terms: device profiles of another one are refused. */
JC_API int jc_features_version(void);
/* Why the calling thread's last call failed; empty before any did. Valid until its next call that
 * fails. */
JC_API const char* jc_last_error(void);

/* A device by name, by the path of a profile, or, for NULL, the default one. */
JC_API jc_status jc_device_open(const char* name_or_path, jc_device** device);
JC_API void jc_device_close(jc_device* device);
JC_API const char* jc_device_name(const jc_device* device);

/* A model by its name in the zoo or the path of its file (ONNX, config.json). */
JC_API jc_status jc_model_load(const char* name_or_path, jc_model** model);
JC_API void jc_model_close(jc_model* model);
/* Samples per inference. */
JC_API jc_status jc_model_set_batch(jc_model* model, int64_t batch);
/* The shape of a whole input, or the size of one symbolic dimension (rank 1). */
JC_API jc_status jc_model_bind(jc_model* model, const char* name, const int64_t* extents,
                               size_t rank);

/* One inference of the whole batch. */
JC_API jc_status jc_estimate_model(const jc_device* device, const jc_model* model,
                                   jc_estimate** estimate);
/* Layers that are given by their specifications, such as "linear batch=1 in=512 out=1000". */
JC_API jc_status jc_estimate_layers(const jc_device* device, const char* const* specs, size_t count,
                                    jc_estimate** estimate);
JC_API void jc_estimate_close(jc_estimate* estimate);

JC_API double jc_energy_j(const jc_estimate* estimate);
JC_API double jc_energy_j_low(const jc_estimate* estimate); /* ends of the interval */
JC_API double jc_energy_j_high(const jc_estimate* estimate);
JC_API double jc_time_s(const jc_estimate* estimate);
JC_API int64_t jc_batch(const jc_estimate* estimate);
JC_API int64_t jc_macs(const jc_estimate* estimate);
JC_API int64_t jc_params(const jc_estimate* estimate);
/* Share of the energy that stands on this evidence, 0 to 1. */
JC_API double jc_coverage_share(const jc_estimate* estimate, jc_coverage coverage);
/* The whole estimate as JSON, as `joulecast estimate --format json` prints it. */
JC_API const char* jc_json(const jc_estimate* estimate);

/* Layers in execution order. Past the last one texts are NULL, numbers NaN or -1. */
JC_API size_t jc_layer_count(const jc_estimate* estimate);
JC_API const char* jc_layer_name(const jc_estimate* estimate, size_t layer);
/* Its specification; NULL for an operator that is not known. */
JC_API const char* jc_layer_spec(const jc_estimate* estimate, size_t layer);
JC_API double jc_layer_energy_j(const jc_estimate* estimate, size_t layer);
JC_API double jc_layer_time_s(const jc_estimate* estimate, size_t layer);
JC_API int64_t jc_layer_macs(const jc_estimate* estimate, size_t layer);
JC_API jc_coverage jc_layer_coverage(const jc_estimate* estimate, size_t layer);

#ifdef __cplusplus
}
#endif

#endif /* JOULECAST_JOULECAST_H_ */
