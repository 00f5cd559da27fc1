package dev.rollcall.server.monitor.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.sql.TestDatabases;
import dev.rollcall.server.time.Clock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PendingClaimTest {
  @TempDir Path folder;

  private final PendingClaim<String> claims = new PendingClaim<>();
  private final CompletableFuture<String> silent = new CompletableFuture<>();

  @BeforeEach
  void aClaimIsNotAnswered() {
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(() -> claims.await(() -> silent, Duration.ZERO));
  }

  private static Future<String> noOther() {
    throw new AssertionError("another claim");
  }

  private StorageException refused() {
    try (Database database =
        TestDatabases.SQLITE.open(folder, Clock.system(), MonitorDatabase.TABLES)) {
      GroupCommit closed = new GroupCommit(database);
      closed.close();
      return catchThrowableOfType(
          StorageException.class, () -> closed.write((_, all) -> all, "anything"));
    }
  }

  @Test
  void whatIsAnsweredLateCounts() throws Exception {
    silent.complete("late");
    assertThat(claims.await(PendingClaimTest::noOther, Duration.ZERO)).isEqualTo("late");
    assertThat(claims.await(() -> CompletableFuture.completedFuture("next"), Duration.ZERO))
        .isEqualTo("next");
  }

  @Test
  void whatFailsLateIsAskedAgainAsItBeganBeforeTheDatabaseCameBack() throws Exception {
    silent.completeExceptionally(refused());
    assertThat(claims.await(() -> CompletableFuture.completedFuture("back"), Duration.ZERO))
        .isEqualTo("back");
  }

  @Test
  void whatFailsAtOnceIsAFailure() {
    silent.completeExceptionally(refused());
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(
            () -> claims.await(() -> CompletableFuture.failedFuture(refused()), Duration.ZERO));
  }

  @Test
  void whatHangsFromBeforeTheDatabaseCameBackSaysNothingAboutNow() throws Exception {
    assertThat(claims.await(() -> CompletableFuture.completedFuture("back"), Duration.ZERO))
        .isEqualTo("back");
    silent.complete("late");
    assertThat(claims.await(PendingClaimTest::noOther, Duration.ZERO)).isEqualTo("late");
  }

  @Test
  void onlySomeHangAtOnce() throws Exception {
    for (int i = 0; i < 2; i++) {
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(() -> claims.await(CompletableFuture::new, Duration.ZERO));
    }
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(() -> claims.await(PendingClaimTest::noOther, Duration.ZERO));
    silent.completeExceptionally(refused());
    assertThat(claims.await(() -> CompletableFuture.completedFuture("back"), Duration.ZERO))
        .isEqualTo("back");
  }
}
