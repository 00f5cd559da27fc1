package dev.rollcall.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.lab.LabNode;
import dev.rollcall.lab.LabNode.Link;
import dev.rollcall.lab.NetworkLab;
import dev.rollcall.server.RunningRollcall.Plan;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A link in a laboratory of routers is cut while the program watches what is behind it.
///
/// ```text
/// source - r1 - r2 = r3 - shop, mail, wiki
///               |
///               blog
/// ```
class NetworkBreakIT {
  @TempDir Path folder;

  @Test
  void namesTheHopBehindWhichServicesAreLostAndTellsOfItAlone() {
    try (NetworkLab lab = NetworkLab.open()) {
      LabNode source = lab.node("source");
      LabNode r1 = lab.node("r1");
      LabNode r2 = lab.node("r2");
      LabNode r3 = lab.node("r3");
      lab.link(source, r1);
      lab.link(r1, r2);
      Link link = lab.link(r2, r3);
      StringBuilder yaml = new StringBuilder("services:\n");
      for (String name : List.of("shop", "mail", "wiki")) {
        lab.link(r3, service(lab.node(name), yaml));
      }
      lab.link(r2, service(lab.node("blog"), yaml));
      lab.build();
      Plan plan = Plan.in(folder).yaml(yaml.toString());
      try (RunningRollcall rollcall =
          plan.behind("ip", "netns", "exec", source.namespace()).start()) {
        Inside inside = new Inside(source, rollcall);
        await()
            .atMost(RunningRollcall.PATIENCE)
            .until(() -> inside.rows("v1/services").stream().allMatch(inside::isTraced));
        link.cut();
        await()
            .atMost(RunningRollcall.PATIENCE)
            .until(() -> !inside.rows("v1/incidents").isEmpty());
        JsonNode incident = inside.rows("v1/incidents").getFirst();
        String hop = link.address(r3, true);
        assertThat(incident.get("subject").stringValue()).isEqualTo("network:" + hop);
        assertThat(incident.get("kind").stringValue()).isEqualTo("down");
        assertThat(incident.get("cause").stringValue())
            .contains(" services are lost behind it: ", "well as far as ");
        String one = "v1/incidents/" + incident.get("id");
        await()
            .atMost(RunningRollcall.PATIENCE)
            .until(
                () ->
                    inside
                        .json(one)
                        .at("/data/incident/data/behind")
                        .toString()
                        .equals("[\"mail\",\"shop\",\"wiki\"]"));
        link.restore();
        await()
            .atMost(RunningRollcall.PATIENCE)
            .until(
                () ->
                    inside
                        .json(one)
                        .at("/data/incident/data/state")
                        .stringValue()
                        .equals("resolved"));
        assertThat(inside.rows("v1/incidents")).hasSize(1);
      }
    }
  }

  private static LabNode service(LabNode host, StringBuilder yaml) {
    yaml.append(
        "  - {name: %s, url: 'ping://%s', interval: 3s, confirm-interval: 1s, trace: true}\n"
            .formatted(host, host.address4()));
    return host;
  }

  /// A client inside a node.
  private record Inside(LabNode node, RunningRollcall rollcall) {
    JsonNode json(String path) {
      return node.inside(
          () -> {
            try (InputStream answer = URI.create(rollcall.url() + path).toURL().openStream()) {
              return RunningRollcall.json(
                  new String(answer.readAllBytes(), StandardCharsets.UTF_8));
            }
          });
    }

    List<JsonNode> rows(String path) {
      List<JsonNode> rows = new ArrayList<>();
      json(path).get("data").forEach(block -> block.get("data").forEach(rows::add));
      return rows;
    }

    boolean isTraced(JsonNode service) {
      List<JsonNode> paths = rows("v1/services/" + service.get("id") + "/paths");
      return !paths.isEmpty() && paths.getFirst().get("reached").booleanValue();
    }
  }
}
