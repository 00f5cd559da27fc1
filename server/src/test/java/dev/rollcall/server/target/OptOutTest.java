package dev.rollcall.server.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.target.Policy.Verdict;
import org.junit.jupiter.api.Test;

class OptOutTest {
  @Test
  void readsAddressesBlocksAndWordsForPeople() {
    OptOut list = OptOut.of("# asked by mail\n\n1.2.3.4  # Ada\n 5.6.0.0/16\r\n2a00::/32\n");
    assertThat(list.mistakes()).isEmpty();
    assertThat(list.blocks().all()).hasSize(3);
    assertThat(list.blocks().contain(TestPool.address("5.6.7.8"))).isTrue();
  }

  @Test
  void holdsTheRightLinesBesideTheWrongOnes() {
    OptOut list = OptOut.of("1.2.3.4\nexample.org\n1.2.3.4/8\n");
    assertThat(list.blocks().all()).hasSize(1);
    assertThat(list.mistakes())
        .hasSize(2)
        .first()
        .asString()
        .startsWith("line 2: \"example.org\" is no address or block");
  }

  @Test
  void judgesByOptOutThenDenialThenAllowance() {
    Policy policy =
        new Policy(TestPool.blocks("10.0.0.0/8"), TestPool.blocks("10.9.0.0/16", "8.0.0.0/8"));
    policy.optOut(TestPool.blocks("9.9.9.9", "10.1.1.1"));
    assertThat(verdict(policy, "1.1.1.1")).isEqualTo(Verdict.ACCEPTED);
    assertThat(verdict(policy, "10.2.3.4")).isEqualTo(Verdict.ACCEPTED);
    assertThat(verdict(policy, "64:ff9b::10.2.3.4")).isEqualTo(Verdict.ACCEPTED);
    assertThat(verdict(policy, "10.9.0.1")).isEqualTo(Verdict.DENIED);
    assertThat(verdict(policy, "8.8.8.8")).isEqualTo(Verdict.DENIED);
    assertThat(verdict(policy, "64:ff9b::8.8.8.8")).isEqualTo(Verdict.DENIED);
    assertThat(verdict(policy, "10.1.1.1")).isEqualTo(Verdict.OPTED_OUT);
    assertThat(verdict(policy, "2002:909:909::1")).isEqualTo(Verdict.OPTED_OUT);
    assertThat(verdict(policy, "192.168.0.1")).isEqualTo(Verdict.SPECIAL);
    assertThat(verdict(policy, "64:ff9b::192.168.0.1")).isEqualTo(Verdict.SPECIAL);
  }

  private static Verdict verdict(Policy policy, String address) {
    return policy.judge(TestPool.address(address));
  }
}
