package dev.netbase.tools.module;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./netbase module}. */
@Command(
        name = "module",
        description = "Runs or inspects a WebAssembly module, under the same sandbox and limits as a worker.",
        synopsisSubcommandLabel = "(run | inspect)")
public final class ModuleCommand {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this text")
    private boolean help;

    private ModuleCommand() {}

    /** The command with its subcommands. */
    public static CommandLine commandLine() {
        return new CommandLine(new ModuleCommand())
                .addSubcommand(new RunCommand())
                .addSubcommand(new InspectCommand());
    }
}
