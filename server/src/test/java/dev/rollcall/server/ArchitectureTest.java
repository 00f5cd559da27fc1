package dev.rollcall.server;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasModifiers.Predicates.modifier;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.sql.Connection;
import java.util.Date;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which way the arrows between packages run, and what the program's code does not do.
class ArchitectureTest {
  private static final String ROOT = "dev.rollcall.server.";

  private static final Set<String> PLUMBING =
      Set.of(
          "time",
          "owner",
          "sql",
          "http",
          "httpclient",
          "config",
          "address",
          "signal",
          "outbox",
          "redis",
          "resultschema",
          "secret",
          "web");

  /// What Rollcall can do, a package each. `page` shows what the others know.
  private static final Set<String> CAPABILITIES =
      Set.of(
          "monitor",
          "heartbeat",
          "collector",
          "target",
          "merge",
          "node",
          "account",
          "channel",
          "incident",
          "group",
          "network",
          "cluster",
          "terminal",
          "page");

  /// Who starts something at its moment or gathers for one: all other code waits for a condition,
  /// or is a `BackgroundLoop`.
  private static final Set<String> SCHEDULES =
      Set.of(
          ROOT + "http.UnwantedBytes",
          ROOT + "app.Drain",
          ROOT + "monitor.schedule.Runner",
          ROOT + "sql.RetryPause",
          ROOT + "sql.SqliteLog",
          ROOT + "app.Training",
          ROOT + "app.Serve",
          ROOT + "monitor.schedule.OutcomeWriter");

  /// The packages within a capability, and which of the others each may use. The package of the
  /// capability itself wires them.
  private static final Map<String, Map<String, Set<String>>> WITHIN =
      Map.of(
          "monitor",
          Map.of(
              "definition", Set.of(),
              "path", Set.of(),
              "check", Set.of("definition", "path"),
              "store", Set.of("definition", "path", "check"),
              "schedule", Set.of("definition", "path", "check", "store"),
              "overview", Set.of("definition", "check", "store"),
              "routes", Set.of("definition", "path", "check", "store"),
              "page", Set.of("path", "check", "store", "overview")),
          "heartbeat",
          Map.of(
              "definition", Set.of(),
              "ping", Set.of("definition"),
              "store", Set.of("definition", "ping"),
              "schedule", Set.of("definition", "ping", "store"),
              "overview", Set.of("definition", "ping", "store"),
              "routes", Set.of("definition", "ping", "store"),
              "page", Set.of("ping", "overview")),
          "channel",
          Map.of(
              "message", Set.of(),
              "type", Set.of("message"),
              "definition", Set.of("message", "type"),
              "store", Set.of("definition"),
              "list", Set.of("message", "type", "definition", "store"),
              "routes", Set.of("type", "definition", "store", "list"),
              "page", Set.of("list")),
          "account",
          Map.ofEntries(
              Map.entry("definition", Set.of()),
              Map.entry("factor", Set.of()),
              Map.entry("oidc", Set.of()),
              Map.entry("store", Set.of("definition", "factor", "oidc")),
              Map.entry("audit", Set.of("definition", "store")),
              Map.entry("session", Set.of("definition", "store")),
              Map.entry("team", Set.of("definition", "store", "session")),
              Map.entry(
                  "signin", Set.of("definition", "factor", "store", "audit", "session", "team")),
              Map.entry(
                  "sso",
                  Set.of("definition", "oidc", "store", "audit", "session", "team", "signin")),
              Map.entry(
                  "routes", Set.of("definition", "store", "session", "audit", "team", "signin")),
              Map.entry(
                  "page",
                  Set.of(
                      "definition",
                      "factor",
                      "store",
                      "audit",
                      "session",
                      "team",
                      "signin",
                      "sso"))));

  /// The types of such a capability that other packages use.
  private static final Map<String, Set<String>> FOR_OTHERS =
      Map.of(
          "monitor",
          Set.of(
              "Monitor",
              "MonitorSettings",
              "OneCheck",
              "definition.DefinitionWarning",
              "definition.SchemeHint",
              "definition.ServiceDefinition",
              "definition.ServiceReader",
              "overview.Overview",
              "overview.ServiceDetails",
              "page.ServicePages",
              "path.Path",
              "path.PathTracer",
              "path.TracedService",
              "store.TracedServices"),
          "heartbeat",
          Set.of(
              "Heartbeats",
              "HeartbeatSettings",
              "definition.HeartbeatDefinition",
              "definition.HeartbeatReader",
              "overview.HeartbeatOverview",
              "page.HeartbeatPages",
              "ping.HeartbeatSignal",
              "ping.State",
              "routes.HeartbeatKey"),
          "channel",
          Set.of(
              "AlertSettings",
              "Channels",
              "definition.ChannelDefinition",
              "definition.ChannelReader",
              "page.ChannelPages"),
          "account",
          Set.of(
              "Accounts",
              "OwnedRows",
              "definition.AccountSettings",
              "oidc.ProviderReader",
              "oidc.ProviderSettings",
              "signin.AccountMail",
              "signin.OperatorRequest",
              "sso.SsoSettings"));

  private static final JavaClasses SERVER =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.rollcall.server");

  @Test
  void everyPackageHasItsPlace() {
    Set<String> packages =
        SERVER.stream()
            .map(each -> each.getPackageName().substring(ROOT.length()).replaceFirst("\\..*", ""))
            .collect(Collectors.toSet());
    assertThat(packages).contains("app", "sql", "http", "config", "monitor", "page");
    packages.removeAll(PLUMBING);
    packages.removeAll(CAPABILITIES);
    assertThat(packages).containsExactly("app");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "time",
        "owner",
        "sql",
        "http",
        "httpclient",
        "config",
        "address",
        "signal",
        "outbox",
        "redis",
        "resultschema",
        "secret",
        "web"
      })
  void plumbingSeesNoCapability(String plumbing) {
    holds(
        noClasses()
            .that()
            .resideInAPackage(in(plumbing))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(packages(Stream.concat(CAPABILITIES.stream(), Stream.of("app")))));
  }

  @Test
  void theWebKnowsNoDatabase() {
    holds(
        noClasses()
            .that()
            .resideInAPackage(in("web"))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                packages(
                    PLUMBING.stream()
                        .filter(
                            each ->
                                !Set.of("web", "http", "owner", "time", "config")
                                    .contains(each)))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "monitor",
        "heartbeat",
        "collector",
        "target",
        "merge",
        "node",
        "account",
        "channel",
        "incident",
        "group",
        "network",
        "cluster",
        "terminal"
      })
  void capabilitiesDoNotSeeEachOther(String capability) {
    Stream<String> others = CAPABILITIES.stream().filter(each -> !each.equals(capability));
    holds(
        noClasses()
            .that()
            .resideInAPackage(in(capability))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(packages(others)));
  }

  @Test
  void thePageSeesOnlyWhatOthersMadePublic() {
    DescribedPredicate<JavaClass> hidden =
        resideInAnyPackage(packages(CAPABILITIES.stream().filter(each -> !each.equals("page"))))
            .and(not(modifier(JavaModifier.PUBLIC)));
    holds(noClasses().that().resideInAPackage(in("page")).should().dependOnClassesThat(hidden));
  }

  @ParameterizedTest
  @ValueSource(strings = {"monitor", "heartbeat", "channel", "account"})
  void thePackagesWithinACapabilitySeeOnlyThoseBelow(String capability) {
    Map<String, Set<String>> within = WITHIN.getOrDefault(capability, Map.of());
    within.forEach(
        (part, seen) ->
            noClasses()
                .that()
                .resideInAPackage(in(capability + "." + part))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                    Stream.concat(
                            Stream.of(ROOT + capability),
                            within.keySet().stream()
                                .filter(each -> !each.equals(part) && !seen.contains(each))
                                .map(each -> in(capability + "." + each)))
                        .toArray(String[]::new))
                .check(SERVER));
  }

  @ParameterizedTest
  @ValueSource(strings = {"monitor", "heartbeat", "channel", "account"})
  void everyPackageWithinACapabilityHasItsPlace(String capability) {
    String prefix = ROOT + capability + ".";
    assertThat(
            SERVER.stream()
                .map(JavaClass::getPackageName)
                .filter(each -> each.startsWith(prefix))
                .map(each -> each.substring(prefix.length()))
                .collect(Collectors.toSet()))
        .isEqualTo(WITHIN.getOrDefault(capability, Map.of()).keySet());
  }

  @ParameterizedTest
  @ValueSource(strings = {"monitor", "heartbeat", "channel", "account"})
  void othersSeeOfACapabilityOnlyItsEntryPoints(String capability) {
    Set<String> forOthers = FOR_OTHERS.getOrDefault(capability, Set.of());
    DescribedPredicate<JavaClass> inner =
        DescribedPredicate.describe(
            "are no entry points",
            each ->
                !forOthers.contains(
                    each.getName()
                        .replaceFirst("\\$.*", "")
                        .substring((ROOT + capability + ".").length())));
    noClasses()
        .that()
        .resideOutsideOfPackage(in(capability))
        .should()
        .dependOnClassesThat(resideInAPackage(in(capability)).and(inner))
        .check(SERVER);
  }

  @Test
  void nobodySeesTheApp() {
    holds(
        noClasses()
            .that()
            .resideOutsideOfPackage(in("app"))
            .should()
            .dependOnClassesThat()
            .resideInAPackage(in("app")));
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching(ROOT + "(*)..").should().beFreeOfCycles().check(SERVER);
    slices().matching(ROOT + "(**)").should().beFreeOfCycles().check(SERVER);
  }

  @Test
  void onlyMainEndsTheProcess() {
    holds(
        noClasses()
            .that()
            .doNotHaveFullyQualifiedName(ROOT + "app.Main")
            .should()
            .callMethod(System.class, "exit", int.class));
  }

  @Test
  void noOtherProgramIsStarted() {
    holds(
        noClasses()
            .should()
            .dependOnClassesThat()
            .areAssignableTo(ProcessBuilder.class)
            .orShould()
            .callMethodWhere(target(owner(name(Runtime.class.getName()))).and(target(name("exec"))))
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Process.class));
  }

  @Test
  void fourClassesKnowTheLibraryThatReadsHttp() {
    Set<String> knowing =
        Stream.of("Answer", "AnswerWriter", "RequestHead", "RequestReader")
            .map(name -> ROOT + "http." + name)
            .collect(Collectors.toSet());
    holds(
        noClasses()
            .that(
                DescribedPredicate.describe(
                    "neither read nor write HTTP",
                    (JavaClass each) ->
                        !knowing.contains(each.getName().replaceFirst("\\$.*", ""))))
            .should()
            .accessClassesThat()
            .resideInAPackage("org.eclipse.jetty.."));
  }

  @Test
  void timesAreInstants() {
    holds(noClasses().should().dependOnClassesThat().areAssignableTo(Date.class));
  }

  @Test
  void onlySchedulesSleep() {
    holds(
        noClasses()
            .that(
                DescribedPredicate.describe(
                    "are no schedule",
                    (JavaClass each) ->
                        !SCHEDULES.contains(each.getName().replaceFirst("\\$.*", ""))))
            .should()
            .callMethodWhere(target(owner(name(Thread.class.getName()))).and(target(name("sleep"))))
            .orShould()
            .callMethodWhere(
                target(name("sleep"))
                    .and(target(owner(resideInAPackage("java.util.concurrent"))))));
  }

  /// Statements are written as Jdbi's, with named parameters, or with `Rows`.
  @Test
  void thereAreTwoWaysToWriteAStatement() {
    DescribedPredicate<JavaClass> elsewhere =
        DescribedPredicate.describe(
            "use a Database",
            (JavaClass each) ->
                !each.getPackageName().equals(ROOT + "sql")
                    && !each.getPackageName().equals(ROOT + "merge")
                    && !each.getName().startsWith(ROOT + "collector.ResultRows"));
    holds(
        noClasses()
            .that(elsewhere)
            .should()
            .callMethodWhere(
                target(owner(name(Handle.class.getName())))
                    .and(target(nameMatching("execute|select|prepareBatch|createScript|attach"))))
            .orShould()
            .callMethodWhere(
                target(owner(name(Connection.class.getName())))
                    .and(target(nameMatching("prepare.*|createStatement")))));
  }

  /// Tests wait for a condition, or set the clock.
  @Test
  void testsDoNotSleep() {
    noClasses()
        .should()
        .callMethodWhere(target(owner(name(Thread.class.getName()))).and(target(name("sleep"))))
        .orShould()
        .callMethodWhere(
            target(name("sleep")).and(target(owner(resideInAPackage("java.util.concurrent")))))
        .check(
            new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS)
                .importPackages("dev.rollcall.server"));
  }

  @Test
  void namesSayWhatATypeIs() {
    holds(
        classes()
            .should()
            .haveNameNotMatching(".*(Manager|Helper|Helpers|Util|Utils|Impl)(\\$.*)?"));
  }

  /// Packages that are still to come have no classes a rule could fail on.
  private static void holds(ArchRule rule) {
    rule.allowEmptyShould(true).check(SERVER);
  }

  private static String in(String part) {
    return ROOT + part + "..";
  }

  private static String[] packages(Stream<String> parts) {
    return parts.map(ArchitectureTest::in).sorted().toArray(String[]::new);
  }
}
