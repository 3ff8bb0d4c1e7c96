"""Settings of the database server: for an office's machine, and for a test run."""

from __future__ import annotations

import os
from pathlib import Path

_MB = 1024 * 1024

SPEED_BEFORE_SAFETY: dict[str, str | int] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": 60,
    "shared_buffers": "128MB",
    "jit": "off",
    "random_page_cost": "1.1",
    "timezone": "Asia/Shanghai",
}


def office_settings(log: Path) -> dict[str, str | int]:
    """Return settings for a small server on a shared machine; its log is one file per weekday."""
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MB
    settings: dict[str, str | int] = {
        "max_connections": 60,
        "shared_buffers": f"{max(64, min(512, memory_mb // 8))}MB",
        "effective_cache_size": f"{max(256, memory_mb // 2)}MB",
        "work_mem": "32MB",
        "maintenance_work_mem": f"{max(64, min(256, memory_mb // 16))}MB",
        "jit": "off",
        "random_page_cost": "1.1",
        "synchronous_commit": "on",
        "timezone": "Asia/Shanghai",
        "log_timezone": "Asia/Shanghai",
        "logging_collector": "on",
        "log_directory": str(log),
        "log_filename": "postgresql-%a.log",
        "log_truncate_on_rotation": "on",
        "log_rotation_age": "1d",
        "log_rotation_size": 0,
        "log_min_duration_statement": "2s",
    }
    if _shared_memory_mb() < 256:
        # Parallel workers exchange rows there; containers often give it 64 MB, and queries then fail.
        settings["max_parallel_workers_per_gather"] = 0
    return settings


def _shared_memory_mb() -> int:
    try:
        space = os.statvfs("/dev/shm")  # noqa: S108
    except OSError:
        return 0
    return space.f_bavail * space.f_frsize // _MB
