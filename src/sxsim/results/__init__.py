"""What a run leaves behind: KPIs, frames, summaries, figures, the store of finished replications, provenance."""
