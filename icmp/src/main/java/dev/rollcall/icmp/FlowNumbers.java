package dev.rollcall.icmp;

import java.util.Arrays;
import java.util.Random;

/// Gives out the numbers by which probes of a flow are known: ICMP identifiers, ports of UDP, half
/// of the sequence numbers of TCP. They are in a random order, so that nobody can guess them, and
/// one that was given back comes last again, so that a late answer meets no other trace.
final class FlowNumbers {
  private static final int NOBODY = -1;

  private final int[] ring;
  private final int[] owner;
  private int first;
  private int free;

  /// @param least the first number
  /// @param most the last number, below 65,536
  FlowNumbers(int least, int most, Random random) {
    free = most - least + 1;
    ring = new int[free];
    owner = new int[65_536];
    Arrays.fill(owner, NOBODY);
    for (int i = 0; i < free; i++) {
      int other = random.nextInt(i + 1);
      ring[i] = ring[other];
      ring[other] = least + i;
    }
  }

  int free() {
    return free;
  }

  /// Takes a number.
  ///
  /// @param who above or equal to 0
  /// @throws IllegalStateException if none is left
  int take(int who) {
    if (free == 0) {
      throw new IllegalStateException("no flow is left");
    }
    int number = ring[first];
    first = (first + 1) % ring.length;
    free--;
    owner[number] = who;
    return number;
  }

  void giveBack(int number) {
    owner[number] = NOBODY;
    ring[(first + free) % ring.length] = number;
    free++;
  }

  /// Who has a number; -1 if nobody has it.
  int owner(int number) {
    return owner[number & 0xffff];
  }
}
