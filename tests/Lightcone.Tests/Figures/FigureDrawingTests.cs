using Lightcone.Figures;

namespace Lightcone.Tests.Figures;

public sealed class FigureDrawingTests
{
    public static TheoryData<string> Ids => [.. CatalogueFigures.All.Select(f => f.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_catalogue_figure_is_drawn_byte_for_byte_as_checked_in(string id)
    {
        string drawn = FigureDrawing.Draw(CatalogueFigures.Named(id)).Svg;
        string path = Path.Combine(Golden.Folder, id + ".svg");
        if (Golden.Rewrite)
        {
            File.WriteAllText(path, drawn);
        }

        Assert.True(File.Exists(path), $"Look at the new figure '{id}', then check it in: set LIGHTCONE_REWRITE_GOLDEN=1 and run this test.");
        Assert.Equal(File.ReadAllText(path), drawn);
    }
}
