package dev.rollcall.server;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;

/// The same on PostgreSQL.
class UrlsPostgresIT extends UrlsIT {
  private final EmbeddedPostgres postgres;

  UrlsPostgresIT() throws IOException {
    postgres = EmbeddedPostgres.builder().start();
  }

  @Override
  String database() {
    return "postgresql://postgres:postgres@127.0.0.1:" + postgres.getPort() + "/postgres";
  }

  @AfterAll
  void stopPostgres() throws IOException {
    postgres.close();
  }
}
