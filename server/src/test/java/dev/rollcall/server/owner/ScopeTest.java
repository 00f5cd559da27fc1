package dev.rollcall.server.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ScopeTest {
  @Test
  void isAConditionForRows() {
    assertThat(Scope.everything().and("owner_id")).isEmpty();
    assertThat(Scope.everything().where("owner_id")).isEmpty();
    assertThat(Scope.operator().and("s.owner_id")).isEqualTo(" AND s.owner_id = 0");
    assertThat(Scope.operator().where("owner_id")).isEqualTo(" WHERE owner_id = 0");
    // With the condition of the index: without it SQLite would read all rows.
    assertThat(Scope.of(7).and("owner_id")).isEqualTo(" AND owner_id = 7 AND owner_id <> 0");
  }

  @Test
  void namesAreThoseOfOneOwner() {
    assertThat(Scope.everything().owner()).isEqualTo(Scope.OPERATOR);
    assertThat(Scope.of(7).owner()).isEqualTo(7);
  }

  @Test
  void includesTheRowsOfItsOwner() {
    assertThat(Scope.everything().includes(7)).isTrue();
    assertThat(Scope.of(7).includes(7)).isTrue();
    assertThat(Scope.of(7).includes(Scope.OPERATOR)).isFalse();
    assertThat(Scope.operator().includes(7)).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> Scope.of(-1));
  }
}
