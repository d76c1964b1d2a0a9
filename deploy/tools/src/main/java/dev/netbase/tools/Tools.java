package dev.netbase.tools;

import dev.netbase.tools.bench.BenchCommand;
import dev.netbase.tools.module.ModuleCommand;
import dev.netbase.tools.module.ToolException;
import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The tools that need no stack; {@code ./netbase} builds first and then becomes this. */
@Command(name = "netbase", description = "Runs, inspects and measures modules.", synopsisSubcommandLabel = "COMMAND")
public final class Tools {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this text")
    private boolean help;

    private Tools() {}

    public static void main(String[] args) {
        // Before anything logs: the worker's classes bring this manager, which calls any other an error on stderr.
        System.setProperty("java.util.logging.manager", "org.jboss.logmanager.LogManager");
        System.exit(execute(args));
    }

    /** Runs a command and answers its exit code: 0 all right, 1 the module or its run is not, 2 wrong usage. */
    public static int execute(String... args) {
        Logger.getLogger("").setLevel(Level.WARNING);
        return new CommandLine(new Tools())
                .addSubcommand(ModuleCommand.commandLine())
                .addSubcommand(new BenchCommand())
                // Options take @FILE as their value; here it would be cut into arguments.
                .setExpandAtFiles(false)
                .setExecutionExceptionHandler((failure, _, _) -> report(failure))
                .execute(args);
    }

    private static int report(Exception failure) {
        if (failure instanceof ToolException || failure instanceof IOException) {
            System.err.println("netbase: " + failure.getMessage());
        } else {
            failure.printStackTrace();
        }
        return CommandLine.ExitCode.SOFTWARE;
    }
}
