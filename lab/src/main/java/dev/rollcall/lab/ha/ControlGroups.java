package dev.rollcall.lab.ha;

import dev.rollcall.lab.LabCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Control groups of this machine with a name of their own, which are removed again.
final class ControlGroups {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /// Of both kinds of systems: with version 2 alone, and with both.
  private static final String ENTER =
      "for each in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do if [ -f"
          + " $each/cgroup.procs ]; then mkdir $each/$0 && echo $$ >$each/$0/cgroup.procs; fi; done"
          + " && exec \"$@\"";

  private ControlGroups() {}

  /// A command that runs another one in groups of that name.
  static List<String> in(String name, List<String> command) {
    List<String> line = new ArrayList<>(List.of("sh", "-c", ENTER, name));
    line.addAll(command);
    return line;
  }

  /// Removes all groups of that name, and those within, once nothing runs in them.
  static void remove(String name) {
    Until.within(PATIENCE, () -> find(name, "-print").isBlank() || isRemoved(name));
  }

  private static boolean isRemoved(String name) {
    find(name, "-exec", "rmdir", "{}", ";");
    return find(name, "-print").isBlank();
  }

  private static String find(String name, String... action) {
    List<String> line =
        new ArrayList<>(
            List.of("find", "/sys/fs/cgroup", "-depth", "-type", "d", "-path", "*/" + name + "*"));
    line.addAll(List.of(action));
    return LabCommand.run(line);
  }
}
