"""Makes optimizers.csv and schedule.csv here, which tests/optimizers.rs and tests/schedule.rs read.

    python -m venv venv && venv/bin/pip install torch==2.15.0
    venv/bin/python tests/oracle_train/make.py

Everything in float64. Start values and gradients are cosines, which the tests compute again.
"""
import math
from pathlib import Path

import torch

HERE = Path(__file__).parent
SHAPES = [(2, 3), (3,)]
STEPS = 6


def wave(shape: tuple[int, ...], offset: int) -> torch.Tensor:
    count = math.prod(shape)
    return torch.tensor([math.cos(offset + 2 * i) for i in range(count)], dtype=torch.float64).reshape(shape)


def adamw_of_matrices(parameters):
    matrices = [p for p in parameters if p.ndim >= 2]
    others = [p for p in parameters if p.ndim < 2]
    groups = [{"params": matrices, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=0.01)


OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
    "sgd_decay": lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.05),
    "sgd_momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.05),
    "sgd_nesterov": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "adam": lambda p: torch.optim.Adam(p, lr=0.01),
    "adam_betas": lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.8, 0.95), eps=0.01),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1),
    "adamw_matrices": adamw_of_matrices,
    "sgd_clipped": lambda p: torch.optim.SGD(p, lr=0.1),
}

rows = []
for name, make in OPTIMIZERS.items():
    parameters = [torch.nn.Parameter(wave(shape, 1 + k)) for k, shape in enumerate(SHAPES)]
    optimizer = make(parameters)
    for step in range(STEPS):
        for k, (parameter, shape) in enumerate(zip(parameters, SHAPES)):
            parameter.grad = wave(shape, 10 * step + 5 * k)
        norm = torch.nn.utils.clip_grad_norm_(parameters, 1.5 if name == "sgd_clipped" else math.inf)
        optimizer.step()
        values = [float(norm)] + [float(x) for p in parameters for x in p.detach().flatten()]
        rows.append(",".join([name, str(step), *map(repr, values)]))
header = "optimizer,step,norm," + ",".join(f"p{i}" for i in range(9))
(HERE / "optimizers.csv").write_text(header + "\n" + "\n".join(rows) + "\n")

# Warm-up over 5 steps to 0.1, then down to 0.001 at step 40.
parameter = torch.nn.Parameter(torch.zeros(1))
optimizer = torch.optim.SGD([parameter], lr=0.1)
warmup = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: (step + 1) / 5)
rates = []
for _ in range(5):
    rates.append(optimizer.param_groups[0]["lr"])
    optimizer.step()
    warmup.step()
optimizer = torch.optim.SGD([parameter], lr=0.1)
cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=35, eta_min=0.001)
for _ in range(36):
    rates.append(optimizer.param_groups[0]["lr"])
    optimizer.step()
    cosine.step()
rows = [f"{step},{rate!r}" for step, rate in enumerate(rates)]
(HERE / "schedule.csv").write_text("step,learning_rate\n" + "\n".join(rows) + "\n")
