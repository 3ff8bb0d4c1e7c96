"""Who keeps an asset: duties below the asset's own address, posts and their holders at their own."""
