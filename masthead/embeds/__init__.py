"""Embeds: pages of other sites, shown as cards or players in a text that has their address alone in a paragraph."""
