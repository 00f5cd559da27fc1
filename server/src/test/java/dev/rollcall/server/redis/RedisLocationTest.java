package dev.rollcall.server.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisLocationTest {
  @Test
  void aUrlHasAHostAndPerhapsAPasswordAPortAndADatabase() {
    RedisLocation plain = RedisLocation.parse("redis://cache");
    assertThat(plain.hosts()).containsExactly(new RedisLocation.Host("cache", 6379));
    assertThat(plain.tls()).isFalse();
    assertThat(plain.database()).isZero();

    RedisLocation whole =
        RedisLocation.parse("rediss://rollcall:p%40ss@[::1]:7000/3?ca=/etc/ca.pem");
    assertThat(whole.hosts()).containsExactly(new RedisLocation.Host("::1", 7000));
    assertThat(whole.tls()).isTrue();
    assertThat(whole.user()).isEqualTo("rollcall");
    assertThat(whole.password().reveal()).isEqualTo("p@ss");
    assertThat(whole.database()).isEqualTo(3);
    assertThat(whole.authorities()).contains(Path.of("/etc/ca.pem"));
    assertThat(whole).hasToString("rediss://[::1]:7000/3");
  }

  @Test
  void aPasswordNeedsNoUser() {
    assertThat(RedisLocation.parse("redis://:secret@cache").password().reveal())
        .isEqualTo("secret");
    RedisLocation alone = RedisLocation.parse("redis://secret@cache");
    assertThat(alone.password().reveal()).isEqualTo("secret");
    assertThat(alone.user()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "redis-sentinel://:secret@one,two:5000,three/main/2?sentinelPassword=guard",
        "redis-sentinel://:secret@one,two:5000,three/2?sentinelMasterId=main&sentinelPassword=guard"
      })
  void sentinelsAreSeveralHostsAndTheNameOfTheMaster(String url) {
    RedisLocation location = RedisLocation.parse(url);
    assertThat(location.hosts())
        .extracting(RedisLocation.Host::toString)
        .containsExactly("one:26379", "two:5000", "three:26379");
    assertThat(location.master()).contains("main");
    assertThat(location.database()).isEqualTo(2);
    assertThat(location.sentinelPassword().reveal()).isEqualTo("guard");
    assertThat(location.toString()).doesNotContain("secret").doesNotContain("guard");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cache:6379",
        "http://cache",
        "redis://",
        "redis://one,two",
        "redis://cache/main",
        "redis://cache/70000",
        "redis://cache:0",
        "redis://:secret@cache:99999",
        "redis-sentinel://one,two",
        "redis://cache?timeout=3"
      })
  void whatIsNoRedisIsRefusedWithoutItsPassword(String url) {
    assertThatThrownBy(() -> RedisLocation.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("secret")
        .doesNotContain("\n");
  }
}
