using Lightcone.Evaluation;
using Lightcone.Jets;
using Lightcone.Systems.LorentzNet;
using Lightcone.Training;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Tests.Data;

/// <summary>Which jets a run is evaluated on, and under which labels.</summary>
public sealed class EvaluationJetsTests : IDisposable
{
    private readonly Lightcone.Tests.TemporaryFolder folder = new();

    public EvaluationJetsTests()
    {
        Directory.CreateDirectory(Data);
        foreach (string name in (string[])["g", "q", "t", "w", "z"]) Lightcone.Tests.JetNetFile.Write(Path.Combine(Data, name + ".hdf5"), jets: 10, ptShift: 0);
    }

    public void Dispose() => folder.Dispose();

    private string Data => folder["jetnet"];

    private static ClassList List(string names) => ClassList.Parse(names, null);

    private (IReadOnlyList<string> Classes, int[] Labels, string Signals) Open(bool labels, string classes, string signals, string asked)
    {
        var recipe = new LorentzNetRecipe { Classes = List(classes), Signals = List(signals) };
        var run = Run.Create(folder[Guid.NewGuid().ToString("N")], recipe, Provenance.OfThisProcess(1, mklAnyCpu: false), "");
        var (data, found) = EvaluationJets.Open(new Described(labels), run, Data, List(asked));
        using (data) return (data.Jets.Schema.Classes, data.Jets.Read(0, (int)data.Jets.Count).Labels!, found.ToString());
    }

    [Theory]
    [InlineData("g,q,t,w,z", "t,w,z", "", "g + q|t + w + z", "0 0 0 0 1 1 1 1 1 1", "")]
    [InlineData("g,q,t,w,z", "t,w,z", "T", "g + q|t", "0 0 0 0 1 1", "t")]
    [InlineData("t,g", "t", "t", "g|t", "0 0 1 1", "t")]
    [InlineData("q,t", "", "t", "q|t", "0 0 1 1", "t")]
    public void A_tagger_gets_its_two_classes_with_all_or_some_of_its_signals(string classes, string signals, string asked, string names, string labels, string found)
    {
        var jets = Open(labels: true, classes, signals, asked);
        Assert.Equal((names, labels, found), (string.Join('|', jets.Classes), string.Join(' ', jets.Labels), jets.Signals));
    }

    [Theory]
    [InlineData("g,q", "", "g|q", "0 0 1 1", "")]
    [InlineData("g,q", "Z,t", "g|q|z|t", "0 0 1 1 2 2 3 3", "z,t")]
    [InlineData("", "t,w,z", "g|q|t|w|z", "0 0 1 1 2 2 3 3 4 4", "t,w,z")]
    public void A_model_without_labels_gets_what_it_was_trained_on_and_then_the_signals(string classes, string asked, string names, string labels, string found)
    {
        var jets = Open(labels: false, classes, "", asked);
        Assert.Equal((names, labels, found), (string.Join('|', jets.Classes), string.Join(' ', jets.Labels), jets.Signals));
    }

    [Theory]
    [InlineData(true, "g,q,t", "t", "w", "w", "t.")]             // not among its signals
    [InlineData(true, "g,q,t", "t", "h", "“h”", "g, q, t, w, z.")] // not there at all
    [InlineData(true, "g,q,t", "t", "g", "find g", "t.")]         // its background
    [InlineData(true, "g,t", "", "g", "find g", "t.")]
    [InlineData(true, "g,q,t", "", "t", "3 classes", "")]
    [InlineData(false, "g,q", "", "q,t", "trained on q", "g, q, t, w, z.")]
    [InlineData(false, "g,b", "", "t", "“b”", "g, q, t, w, z.")]
    [InlineData(false, "", "", "g,q,t,w,z", "no background", "g, q, t, w, z.")]
    public void A_signal_that_does_not_fit_is_wrong_usage_and_names_what_does(bool labels, string classes, string signals, string asked, string message, string cure)
    {
        var error = Assert.Throws<UsageException>(() => Open(labels, classes, signals, asked));
        Assert.Contains(message, error.Message);
        Assert.EndsWith(cure, error.WhatToDo);
    }

    [Fact]
    public void A_training_without_labels_has_no_signals()
    {
        var request = new TrainingRequest { Run = folder["run"], Data = Data, Threads = 1, Command = "" };
        var error = Assert.Throws<UsageException>(() => TrainingSession.Start(new Described(labels: false), new LorentzNetRecipe { Signals = List("t") }, request, new Deaf(), default));
        Assert.Contains("signals", error.Where);
        Assert.False(Directory.Exists(folder["run"]));
    }

    private sealed class Deaf : ITrainingObserver
    {
        public void Step(StepReport step)
        {
        }

        public void Epoch(EpochReport epoch)
        {
        }

        public void Checkpoint(int epoch, long step)
        {
        }
    }

    /// <summary>A system that only says whether it looks at labels.</summary>
    private sealed class Described(bool labels) : ISystem
    {
        public string Name => "lorentznet";

        public string Title => "A test";

        public IReadOnlyList<NamedRecipe> Recipes => [];

        public TrainingRecipe DefaultRecipe => new LorentzNetRecipe();

        public bool TrainsOnLabels => labels;

        public string BibTex => "";

        public ITrainingTask CreateTask(TrainingRecipe recipe, Run run) => throw new NotSupportedException();

        public IModel Load(Run run) => throw new NotSupportedException();

        public EvaluationDocument Evaluate(Run run, SplitFolder data, EvaluationRequest request) => throw new NotSupportedException();

        public Run Import(string weights, string folder, IReadOnlyList<string> settings, Provenance provenance) => throw new NotSupportedException();

        public SymmetryReport CheckSymmetry(Run run, JetBatch jets) => throw new NotSupportedException();
    }
}
