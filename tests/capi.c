/* SPDX-License-Identifier: Apache-2.0 */
/* The C API from C: compiled as C99 with all warnings, linked with the shared library. */
#include <joulecast/joulecast.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static int failures = 0;

#define CHECK(condition)                                                \
  do {                                                                  \
    if (!(condition)) {                                                 \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);   \
      ++failures;                                                       \
    }                                                                   \
  } while (0)

static void test_a_model(const jc_device* device) {
  jc_model* model = NULL;
  jc_estimate* estimate = NULL;
  double sum = 0;
  size_t i;
  CHECK(jc_model_load("alexnet", &model) == JC_OK);
  CHECK(jc_model_set_batch(model, 8) == JC_OK);
  CHECK(jc_estimate_model(device, model, &estimate) == JC_OK);
  jc_model_close(model); /* the estimate does not need it */
  CHECK(jc_batch(estimate) == 8);
  CHECK(jc_params(estimate) == 61100840); /* torchvision's count */
  CHECK(jc_energy_j_low(estimate) < jc_energy_j(estimate));
  CHECK(jc_energy_j(estimate) < jc_energy_j_high(estimate));
  CHECK(jc_time_s(estimate) > 0);
  CHECK(jc_layer_count(estimate) > 20);
  for (i = 0; i < jc_layer_count(estimate); ++i) sum += jc_layer_energy_j(estimate, i);
  CHECK(fabs(sum / jc_energy_j(estimate) - 1) < 1e-12);
  CHECK(strcmp(jc_layer_name(estimate, 0), "features.0") == 0);
  CHECK(strstr(jc_layer_spec(estimate, 0), "conv2d batch=8 in=3 out=64 image=224x224") != NULL);
  CHECK(jc_layer_macs(estimate, 0) == 8LL * 64 * 55 * 55 * 3 * 11 * 11);
  CHECK(jc_layer_coverage(estimate, 0) == JC_FITTED);
  CHECK(jc_coverage_share(estimate, JC_FITTED) > 0.9);
  CHECK(strstr(jc_json(estimate), "\"model\": \"alexnet\"") != NULL);
  CHECK(jc_layer_name(estimate, 1000) == NULL);
  CHECK(jc_layer_spec(estimate, 1000) == NULL);
  CHECK(isnan(jc_layer_energy_j(estimate, 1000)));
  CHECK(jc_layer_macs(estimate, 1000) == -1);
  jc_estimate_close(estimate);
}

static void test_a_shape(const jc_device* device) {
  static const int64_t extents[] = {2, 3, 320, 320};
  jc_model* model = NULL;
  jc_estimate* estimate = NULL;
  CHECK(jc_model_load("resnet18", &model) == JC_OK);
  CHECK(jc_model_bind(model, "input", extents, 4) == JC_OK);
  CHECK(jc_estimate_model(device, model, &estimate) == JC_OK);
  CHECK(jc_batch(estimate) == 2);
  CHECK(strstr(jc_layer_spec(estimate, 0), "image=320x320") != NULL);
  jc_estimate_close(estimate);
  jc_model_close(model);
}

static void test_layers(const jc_device* device) {
  static const char* const specs[] = {"linear batch=4 in=100 out=10", "relu batch=4 elements=10"};
  static const char* const wrong[] = {"linear batch=4 in=100"};
  jc_estimate* estimate = NULL;
  CHECK(jc_estimate_layers(device, specs, 2, &estimate) == JC_OK);
  CHECK(jc_layer_count(estimate) == 2);
  CHECK(jc_macs(estimate) == 4 * 100 * 10);
  CHECK(jc_params(estimate) == 100 * 10 + 10);
  jc_estimate_close(estimate);
  estimate = NULL;
  CHECK(jc_estimate_layers(device, wrong, 1, &estimate) == JC_INPUT);
  CHECK(estimate == NULL);
  CHECK(strstr(jc_last_error(), "'out' is missing") != NULL);
}

static void test_errors(void) {
  jc_device* device = NULL;
  jc_model* model = NULL;
  CHECK(jc_device_open("toaster", &device) == JC_DEVICE);
  CHECK(strstr(jc_last_error(), "unknown device 'toaster'") != NULL);
  CHECK(device == NULL);
  CHECK(jc_model_load("resnet5O", &model) == JC_USAGE);
  CHECK(strstr(jc_last_error(), "did you mean 'resnet50'") != NULL);
  CHECK(jc_model_load(NULL, &model) == JC_USAGE);
  CHECK(jc_model_load("resnet18", NULL) == JC_USAGE);
  CHECK(model == NULL);
  jc_device_close(NULL);
  jc_model_close(NULL);
  jc_estimate_close(NULL);
}

int main(void) {
  jc_device* device = NULL;
  CHECK(strlen(jc_version()) >= 5);
  CHECK(jc_features_version() >= 1);
  CHECK(strcmp(jc_last_error(), "") == 0);
  CHECK(jc_device_open(NULL, &device) == JC_OK);
  if (device == NULL) return 1;
  CHECK(strcmp(jc_device_name(device), "xeon-gold-5120") == 0);
  test_a_model(device);
  test_a_shape(device);
  test_layers(device);
  jc_device_close(device);
  test_errors();
  if (failures == 0) printf("the C API works\n");
  return failures == 0 ? 0 : 1;
}
