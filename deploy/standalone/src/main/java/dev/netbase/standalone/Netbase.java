package dev.netbase.standalone;

import dev.netbase.standalone.process.StartupException;
import dev.netbase.standalone.stack.ServiceDefinition;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The Java half of {@code ./netbase}; the script builds first and then becomes this. */
@Command(
        name = "netbase",
        description = "Runs the whole of Netbase on this machine.",
        synopsisSubcommandLabel = "COMMAND")
public final class Netbase {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this text")
    private boolean help;

    private Netbase() {}

    public static void main(String[] args) {
        System.exit(execute(ServiceDefinition.standard(StackSettings.home()), args));
    }

    /** Runs a command over the given services, and returns the exit code. */
    static int execute(List<ServiceDefinition> services, String... args) {
        // Libraries have their say in exceptions; stderr is for people.
        Logger.getLogger("").setLevel(Level.OFF);
        return new CommandLine(new Netbase())
                .addSubcommand(new UpCommand(services))
                .addSubcommand(new DemoCommand(services))
                .addSubcommand(new BenchCommand(services))
                .addSubcommand(new DeadLettersCommand())
                .setExecutionExceptionHandler((failure, _, _) -> report(failure))
                .execute(args);
    }

    private static int report(Exception failure) {
        if (failure instanceof StartupException) {
            System.err.println("netbase: " + failure.getMessage());
        } else {
            failure.printStackTrace();
        }
        return CommandLine.ExitCode.SOFTWARE;
    }
}
