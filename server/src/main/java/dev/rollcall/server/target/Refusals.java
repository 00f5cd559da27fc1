package dev.rollcall.server.target;

import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.http.Refusal;
import inet.ipaddr.IPAddress;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// What a node does not measure of a lease: `{"node":"fra1","lease":17,"refused":["192.0.2.1"]}`.
///
/// @param targets in no order
record Refusals(String node, long lease, List<IPAddress> targets) {
  /// As many as one lease has.
  private static final int MOST = 1_000;

  Refusals {
    targets = List.copyOf(targets);
  }

  /// @throws Refusal (400) if the body is something else
  static Refusals read(JsonNode body) {
    JsonNode lease = body.path("lease");
    if (!lease.isIntegralNumber() || !lease.canConvertToLong()) {
      throw Refusal.badRequest("field 'lease' is no number: give that of the lease");
    }
    JsonNode refused = body.path("refused");
    if (!refused.isArray() || refused.size() > MOST) {
      throw Refusal.badRequest(
          "field 'refused' is no list of addresses: give those of the lease, at most " + MOST);
    }
    List<IPAddress> targets = new ArrayList<>();
    for (JsonNode each : refused) {
      targets.add(
          Addresses.parse(each.asString(""))
              .orElseThrow(
                  () ->
                      Refusal.badRequest(
                          "field 'refused' has an element that is no IP address: give addresses of"
                              + " the lease")));
    }
    return new Refusals(TargetRoutes.node(body.path("node").asString("")), lease.asLong(), targets);
  }
}
