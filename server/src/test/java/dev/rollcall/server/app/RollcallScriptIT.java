package dev.rollcall.server.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// The script `rollcall`, in a copy of the repository of its own with a `mvnw` that takes the
/// program that is built already.
@Execution(ExecutionMode.CONCURRENT)
class RollcallScriptIT {
  private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
  private static final Path PROGRAM = Path.of("target/rollcall").toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// No process begins while a script is written: it would have the file open for a moment, and
  /// nobody could run that ("Text file busy").
  private static final Object SCRIPTS = new Object();

  @TempDir Path folder;

  private final List<Process> started = new ArrayList<>();
  private Path root;
  private Path here;

  private record Ended(int status, String out, String err) {}

  @BeforeEach
  void copy() throws IOException {
    root = Files.createDirectories(folder.resolve("a clone"));
    here = Files.createDirectories(folder.resolve("somewhere else"));
    Files.createDirectories(root.resolve(".mvn"));
    synchronized (SCRIPTS) {
      Files.copy(REPOSITORY.resolve("rollcall"), root.resolve("rollcall"));
    }
    Files.copy(REPOSITORY.resolve(".mvn/jdk.sh"), root.resolve(".mvn/jdk.sh"));
    Files.createDirectories(root.resolve("server/src/main"));
    age(Files.writeString(root.resolve("pom.xml"), ""));
    age(Files.writeString(root.resolve("server/pom.xml"), ""));
    age(root.resolve("server/src/main"));
    maven(
        "sleep 1; mkdir -p server/target && cp -r '"
            + PROGRAM
            + "' server/target/rollcall && rm -f server/target/rollcall/*.aot*");
  }

  @AfterEach
  void endAll() throws Exception {
    for (Process process : started) {
      process.destroyForcibly().waitFor();
    }
    // A trial run may still be writing into the folder. Nobody needs what it would learn.
    await().atMost(PATIENCE).until(this::noTrial);
  }

  @Test
  void buildsOnFirstUseAndThenOnlyWhenASourceIsNewer() throws Exception {
    Ended first = run(Map.of(), root + "/rollcall", "--version");
    assertThat(first.out()).startsWith("rollcall ");
    assertThat(first.err().strip())
        .isEqualTo("building Rollcall (first run, this takes some minutes)...");
    assertThat(run(Map.of(), root + "/rollcall", "--version").err()).isEmpty();
    assertThat(builds()).isEqualTo(1);
    Path source = Files.writeString(root.resolve("server/src/main/A.java"), "");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(1)));
    age(root.resolve("server/src/main"));
    assertThat(run(Map.of(), root + "/rollcall", "--version").err())
        .startsWith("building Rollcall (sources are newer)...");
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void buildsOnceWhenTwoShellsStartTogether() throws Exception {
    Process one = start(Map.of(), root + "/rollcall", "--version");
    Process two = start(Map.of(), root + "/rollcall", "--version");
    assertThat(ended(one).out()).startsWith("rollcall ");
    assertThat(ended(two).out()).startsWith("rollcall ");
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void takesOverTheLockOfABuildThatWasKilled() throws Exception {
    Process gone = started(new ProcessBuilder("true"));
    gone.waitFor();
    Path lock = Files.createDirectories(root.resolve("server/target/building"));
    Files.writeString(lock.resolve("pid"), Long.toString(gone.pid()));
    assertThat(run(Map.of(), root + "/rollcall", "--version").status()).isZero();
  }

  @Test
  void showsWhatABuildSaidThatFailed() throws Exception {
    maven("echo 'cannot find symbol'; exit 1");
    Ended ended = run(Map.of(), root + "/rollcall", "--version");
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.err()).contains("cannot find symbol", "rollcall: the build failed");
    assertThat(root.resolve("server/target/building")).doesNotExist();
  }

  @Test
  void worksThroughLinksAndKeepsTheWorkingDirectory() throws Exception {
    Path direct = Files.createSymbolicLink(folder.resolve("direct"), root.resolve("rollcall"));
    Path relative = Files.createSymbolicLink(here.resolve("relative"), Path.of("../direct"));
    Files.writeString(here.resolve("rollcall.yaml"), "services: [{name: a, url: 'http://a'}]");
    for (Path link : List.of(direct, relative)) {
      Ended ended = run(Map.of(), link.toString(), "config", "check");
      assertThat(ended.out().strip()).isEqualTo("ok: 1 service");
    }
  }

  @Test
  void stopsInOrderOnASignalAndStartsPastACacheThatDoesNotFitWithoutAWord() throws Exception {
    Path nice = folder.resolve("nice");
    executable(nice, "echo \"$1 $2\" >'" + folder + "/niceness'; shift 2; exec \"$@\"");
    Process first = serve();
    await().atMost(PATIENCE).until(() -> log(first).contains("started"));
    assertThat(here.resolve("rollcall-data")).isDirectory();
    await().atMost(PATIENCE.multipliedBy(5)).until(() -> caches().size() == 1);
    assertThat(folder.resolve("niceness")).hasContent("-n 19");
    stopsInOrder(first, "TERM");
    Process second = serve();
    await().atMost(PATIENCE).until(() -> log(second).contains("started"));
    stopsInOrder(second, "INT");

    Path cache = caches().getFirst();
    Path jar = root.resolve("server/target/rollcall/rollcall.jar");
    Ended matching = run(Map.of(), root + "/rollcall", "--version");
    // Java itself would run the classes of the old build.
    FileTime built = Files.getLastModifiedTime(jar);
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(5)));
    Ended stale = run(Map.of(), root + "/rollcall", "--version");
    assertThat(caches()).isEmpty();
    Files.setLastModifiedTime(jar, built);
    Files.write(cache, new byte[] {1, 2, 3});
    Ended broken = run(Map.of(), root + "/rollcall", "--version");
    for (Ended ended : List.of(matching, stale, broken)) {
      assertThat(ended.status()).isZero();
      assertThat(ended.out().lines()).hasSize(1);
      assertThat(ended.err()).isEmpty();
    }
  }

  /// With a `nice` of the test, if there is one: a busy machine lets what is nice wait for minutes.
  private Process serve() throws IOException {
    // A shell that runs tests in the background leaves SIGINT ignored, for them and all they start.
    return start(
        Map.of("PATH", folder + ":" + System.getenv("PATH")),
        "env",
        "--default-signal=INT",
        root + "/rollcall",
        "serve",
        "--port=0",
        "--health-port=0");
  }

  private void stopsInOrder(Process serving, String signal) throws Exception {
    started(new ProcessBuilder("kill", "-" + signal, Long.toString(serving.pid()))).waitFor();
    Ended ended = ended(serving);
    assertThat(ended.status()).isZero();
    assertThat(ended.err().lines().toList().getLast()).endsWith("INFO  app: stopped");
  }

  @Test
  void passesOptionsOnToJava() throws Exception {
    Ended ended =
        run(Map.of("ROLLCALL_JAVA_OPTS", "-Xmx64m -XshowSettings:vm"), root + "/rollcall", "-h");
    assertThat(ended.err()).contains("Max. Heap Size: 64.00M");
    assertThat(ended.status()).isZero();
  }

  @Test
  void saysInOneLineHowToGetAJdkWhenThereIsNone() throws Exception {
    Path jdks = root.resolve(".mvn/jdk.sh");
    // The places of this machine, where a JDK is.
    Files.writeString(
        jdks, Files.readString(jdks).replaceAll("/usr/lib/jvm|/opt/|/Library/", "/no/"));
    Path tools = Files.createDirectories(folder.resolve("tools"));
    for (String tool : List.of("sh", "dirname", "readlink", "sed", "find", "head")) {
      Files.createSymbolicLink(tools.resolve(tool), found(tool));
    }
    Ended ended =
        run(
            Map.of("PATH", tools.toString(), "JAVA_HOME", "/no", "HOME", here.toString()),
            root + "/rollcall",
            "serve");
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.err().lines())
        .singleElement()
        .asString()
        .startsWith("rollcall: no JDK 25 or newer found: install one (");
  }

  private void maven(String script) throws IOException {
    executable(root.resolve("mvnw"), "echo built >>\"$PWD/builds\"\n" + script);
  }

  private static void executable(Path file, String script) throws IOException {
    synchronized (SCRIPTS) {
      Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private int builds() throws IOException {
    return Files.readAllLines(root.resolve("builds")).size();
  }

  private List<Path> caches() throws IOException {
    Path program = root.resolve("server/target/rollcall");
    if (!Files.isDirectory(program)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(program)) {
      return files.filter(file -> file.toString().endsWith(".aot")).toList();
    }
  }

  private boolean noTrial() {
    List<ProcessHandle> ours =
        ProcessHandle.allProcesses().filter(process -> says(process, root.toString())).toList();
    ours.stream()
        .filter(process -> says(process, "-XX:AOTCacheOutput"))
        .forEach(ProcessHandle::destroyForcibly);
    return ours.isEmpty();
  }

  private static boolean says(ProcessHandle process, String words) {
    return process.info().commandLine().filter(line -> line.contains(words)).isPresent();
  }

  private String log(Process process) throws IOException {
    return Files.readString(output(process, "err"));
  }

  private Ended run(Map<String, String> environment, String... command) throws Exception {
    return ended(start(environment, command));
  }

  private Process start(Map<String, String> environment, String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(here.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    Process process = started(builder.redirectOutput(out.toFile()).redirectError(err.toFile()));
    Files.move(out, output(process, "out"), StandardCopyOption.REPLACE_EXISTING);
    Files.move(err, output(process, "err"), StandardCopyOption.REPLACE_EXISTING);
    started.add(process);
    return process;
  }

  private static Process started(ProcessBuilder builder) throws IOException {
    synchronized (SCRIPTS) {
      return builder.start();
    }
  }

  private Path output(Process process, String kind) {
    return folder.resolve(process.pid() + "." + kind);
  }

  private Ended ended(Process process) throws Exception {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return new Ended(
        process.exitValue(),
        Files.readString(output(process, "out")),
        Files.readString(output(process, "err")));
  }

  private static Path found(String tool) {
    return Arrays.stream(System.getenv("PATH").split(":", -1))
        .map(folder -> Path.of(folder, tool))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }

  private static void age(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));
  }
}
