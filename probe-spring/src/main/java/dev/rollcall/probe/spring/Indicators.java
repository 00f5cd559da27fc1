package dev.rollcall.probe.spring;

import dev.rollcall.probe.Prober;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;

/// Puts health indicators into a prober: each under its name, those of a composite as
/// `composite/name`. What is a probe itself is left out, so that nothing asks itself.
record Indicators(Prober prober, Groups groups) {
  void add(HealthContributors contributors) {
    addAll("", contributors);
  }

  private void addAll(String prefix, HealthContributors contributors) {
    contributors.stream().forEach(entry -> add(prefix + entry.name(), entry.contributor()));
  }

  private void add(String name, HealthContributor contributor) {
    if (contributor instanceof CompositeHealthContributor composite) {
      addAll(name + "/", composite);
    } else if (contributor instanceof HealthIndicator indicator
        && !(indicator instanceof ProbeIndicator)) {
      // a probe of that name stays: it was named by somebody, the indicator by Spring
      String free = prober.names().contains(name) ? "indicator/" + name : name;
      prober.add(new IndicatorProbe(free, indicator), groups.of(free));
    }
  }
}
