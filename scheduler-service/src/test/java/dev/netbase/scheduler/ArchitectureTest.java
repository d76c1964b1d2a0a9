package dev.netbase.scheduler;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.netbase.scheduler");

    @Test
    void shouldKeepTheDecisionPure() {
        classes()
                .that()
                .resideInAPackage("..run.domain..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java.lang..",
                        "java.util..",
                        "java.time..",
                        "org.jspecify..",
                        "dev.netbase.scheduler.run.domain..",
                        "dev.netbase.model.definition..",
                        "dev.netbase.model.expression..",
                        "dev.netbase.model.file..",
                        "dev.netbase.model.run..",
                        "dev.netbase.model.task..")
                .because("a decision without IO, frameworks, clock or randomness can be tested under any schedule")
                .check(CLASSES);
    }

    @Test
    void shouldTakeTimeAndIdsAsArguments() {
        noClasses()
                .that()
                .resideInAPackage("..run.domain..")
                .should()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Random")
                .because("the same arguments must give the same decision")
                .check(CLASSES);
    }

    @Test
    void shouldReachKafkaAndTheDatabaseOnlyThroughAdapters() {
        noClasses()
                .that()
                .resideInAnyPackage("..run.domain..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.vertx..", "org.apache.kafka..", "io.quarkus..")
                .because("the core knows no technology")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackages("..trigger..", "..platform..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.kafka..")
                .because("records come in through trigger and go out through platform")
                .check(CLASSES);
    }
}
