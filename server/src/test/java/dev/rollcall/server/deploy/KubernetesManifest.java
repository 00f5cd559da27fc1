package dev.rollcall.server.deploy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// `deploy/kubernetes`, read by the types of the API of Kubernetes, which know each field.
record KubernetesManifest(
    Namespace namespace,
    Secret secret,
    ConfigMap configuration,
    Deployment deployment,
    Service service,
    PodDisruptionBudget budget) {
  private static final Path FILE = Path.of("../deploy/kubernetes/rollcall.yaml");

  /// The types keep fields that they do not know; this does not let them.
  private static final YAMLMapper STRICT =
      YAMLMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .annotationIntrospector(
              new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(MapperConfig<?> config, Annotated annotated) {
                  return false;
                }
              })
          .build();

  static KubernetesManifest read() throws IOException {
    List<String> documents = List.of(Files.readString(FILE).split("(?m)^---$", -1));
    if (documents.size() != KubernetesManifest.class.getRecordComponents().length) {
      throw new IllegalStateException("another kind was added: " + documents.size());
    }
    return new KubernetesManifest(
        STRICT.readValue(documents.get(0), Namespace.class),
        STRICT.readValue(documents.get(1), Secret.class),
        STRICT.readValue(documents.get(2), ConfigMap.class),
        STRICT.readValue(documents.get(3), Deployment.class),
        STRICT.readValue(documents.get(4), Service.class),
        STRICT.readValue(documents.get(5), PodDisruptionBudget.class));
  }

  PodSpec pod() {
    return deployment.getSpec().getTemplate().getSpec();
  }

  Container container() {
    return pod().getContainers().getFirst();
  }
}
