package dev.rollcall.server.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What the manifest of `deploy/kubernetes` says fits together. `ComposeIT` runs its pod.
class KubernetesTest {
  private final KubernetesManifest manifest = KubernetesManifest.read();

  KubernetesTest() throws Exception {}

  @Test
  void allObjectsAreInOneNamespaceAndHaveTheVersionsOfTheirTypes() {
    List<HasMetadata> all =
        List.of(
            manifest.secret(),
            manifest.configuration(),
            manifest.deployment(),
            manifest.service(),
            manifest.budget());
    String namespace = manifest.namespace().getMetadata().getName();
    assertThat(all)
        .allSatisfy(
            one -> {
              assertThat(one.getMetadata().getNamespace()).isEqualTo(namespace);
              HasMetadata fresh = one.getClass().getConstructor().newInstance();
              assertThat(one.getApiVersion()).isEqualTo(fresh.getApiVersion());
              assertThat(one.getKind()).isEqualTo(fresh.getKind());
            });
  }

  @Test
  void serviceAndBudgetMeanThePodsOfTheDeployment() {
    Map<String, String> labels =
        manifest.deployment().getSpec().getTemplate().getMetadata().getLabels();
    assertThat(manifest.deployment().getSpec().getSelector().getMatchLabels()).isEqualTo(labels);
    assertThat(manifest.service().getSpec().getSelector()).isEqualTo(labels);
    assertThat(manifest.budget().getSpec().getSelector().getMatchLabels()).isEqualTo(labels);
    assertThat(manifest.budget().getSpec().getMinAvailable().getIntVal())
        .as("one of them may go")
        .isEqualTo(manifest.deployment().getSpec().getReplicas() - 1);
    List<String> ports =
        manifest.container().getPorts().stream().map(ContainerPort::getName).toList();
    assertThat(manifest.service().getSpec().getPorts())
        .allSatisfy(port -> assertThat(ports).contains(port.getTargetPort().getStrVal()));
    assertThat(probes())
        .allSatisfy(probe -> assertThat(ports).contains(probe.getHttpGet().getPort().getStrVal()));
  }

  private List<Probe> probes() {
    return List.of(
        manifest.container().getStartupProbe(),
        manifest.container().getLivenessProbe(),
        manifest.container().getReadinessProbe());
  }

  @Test
  void aPodGetsMoreTimeToEndThanItTakes() {
    Duration drain =
        manifest.container().getEnv().stream()
            .filter(one -> one.getName().equals("ROLLCALL_DRAIN"))
            .map(one -> Duration.parse("PT" + one.getValue()))
            .findFirst()
            .orElseThrow();
    Probe ready = manifest.container().getReadinessProbe();
    assertThat(drain)
        .as("longer than it takes until nobody sends to it")
        .isGreaterThan(Duration.ofSeconds(ready.getPeriodSeconds() * ready.getFailureThreshold()));
    assertThat(manifest.pod().getTerminationGracePeriodSeconds())
        .isGreaterThan(drain.plusSeconds(10).toSeconds());
  }

  @Test
  void itNamesSettingsAllHostsOfTheDatabaseAndMountsAllVolumes() throws Exception {
    String settings = Files.readString(Path.of("../docs/settings.md"));
    List<String> names = new ArrayList<>(manifest.secret().getStringData().keySet());
    names.addAll(manifest.container().getEnv().stream().map(EnvVar::getName).toList());
    assertThat(names).allSatisfy(name -> assertThat(settings).contains("`" + name + "`"));
    assertThat(manifest.secret().getStringData().get("ROLLCALL_DATABASE"))
        .contains("@postgres-1,postgres-2/");
    assertThat(manifest.container().getEnvFrom().getFirst().getSecretRef().getName())
        .isEqualTo(manifest.secret().getMetadata().getName());
    assertThat(manifest.container().getVolumeMounts().stream().map(VolumeMount::getName).sorted())
        .isEqualTo(manifest.pod().getVolumes().stream().map(Volume::getName).sorted().toList());
  }
}
