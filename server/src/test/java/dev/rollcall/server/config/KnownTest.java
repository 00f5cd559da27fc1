package dev.rollcall.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownTest {
  private static final Setting<Integer> PORT =
      Setting.of("collect.max-port", Kind.port(), "1", "a port");
  private static final Setting<Integer> OTHER = Setting.of("port", Kind.port(), "2", "another");
  private static final Known KNOWN = new Known("collect", List.of(PORT), List.of(OTHER));

  @TempDir Path folder;

  private Values resolve(
      Map<String, String> flags, Map<String, String> environment, Mistakes mistakes) {
    return Sources.read(flags, environment, new ConfigFiles(folder, Optional.empty()), mistakes)
        .resolve(KNOWN, List.of());
  }

  @Test
  void leavesItsSectionOutOfFlags() {
    assertThat(KNOWN.flag(PORT)).isEqualTo("--max-port");
    assertThat(KNOWN.flag(OTHER)).isEqualTo("--port");
    Mistakes mistakes = new Mistakes();
    assertThat(resolve(Map.of("--max-port", "7"), Map.of(), mistakes).of(PORT)).isEqualTo(7);
    assertThat(mistakes.isEmpty()).isTrue();
  }

  @Test
  void takesNoNoticeOfWhatIsForOtherCommands() {
    Mistakes mistakes = new Mistakes();
    resolve(Map.of(), Map.of("ROLLCALL_PORT", "none"), mistakes);
    assertThat(mistakes.lines()).isEmpty();
    resolve(Map.of(), Map.of("ROLLCALL_PROT", "1"), mistakes);
    assertThat(mistakes.lines()).singleElement().asString().contains("ROLLCALL_PROT");
  }
}
