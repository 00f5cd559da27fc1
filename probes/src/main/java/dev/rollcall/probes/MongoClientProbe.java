package dev.rollcall.probes;

import com.mongodb.client.MongoClient;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import org.bson.Document;

/// Checks MongoDB through the [MongoClient] of the application: a `ping` of the database `admin`,
/// which needs no rights.
public final class MongoClientProbe {
  private MongoClientProbe() {}

  /// A probe of a client that belongs to the application; the probe does not close it.
  public static Probe of(String name, MongoClient client) {
    return new OwnClient(
        name,
        (attempt, left) -> {
          Document answer = client.getDatabase("admin").runCommand(new Document("ping", 1));
          if (!(answer.get("ok") instanceof Number ok && ok.intValue() == 1)) {
            throw ProbeFailure.answered("ping: answered " + answer.toJson());
          }
        },
        "no server can be reached, or it does not answer");
  }
}
