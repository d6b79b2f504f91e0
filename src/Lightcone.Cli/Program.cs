using Lightcone.Cli;

return CommandHost.Run(args);
